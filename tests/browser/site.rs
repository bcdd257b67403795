//! Serves the built site the way any web server would: files only, and not from the root.

use crate::Outcome;
use axum::Router;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tower_http::services::ServeDir;

/// Anything that the page asks for outside this path is answered with 404.
const SUB_PATH: &str = "/some/path";

/// The site on a free port, until it is stopped or the last clone is dropped.
#[derive(Clone)]
pub struct Site {
    pub address: String,
    server: Arc<Server>,
}

/// The server has a runtime of its own, so that its open connections end with it.
struct Server(Mutex<Option<Runtime>>);

impl Site {
    /// Serves `dist/`.
    pub fn serve() -> Outcome<Self> {
        let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("dist");
        if !dist.join("index.html").exists() {
            return Err("dist/ holds no site: run `cargo xtask build` first".into());
        }
        let router = Router::new().nest_service(SUB_PATH, ServeDir::new(dist));
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = format!("http://{}{SUB_PATH}/", listener.local_addr()?);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        runtime.spawn(async move { axum::serve(TcpListener::from_std(listener)?, router).await });
        Ok(Self { address, server: Arc::new(Server(Mutex::new(Some(runtime)))) })
    }

    /// Ends the server and all its connections.
    pub fn stop(&self) {
        self.server.stop();
    }
}

impl Server {
    fn stop(&self) {
        if let Some(runtime) = self.0.lock().ok().and_then(|mut runtime| runtime.take()) {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
