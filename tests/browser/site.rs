//! Serves the built site the way any web server would: files only, and not from the root.

use crate::Outcome;
use axum::Router;
use std::net::Ipv4Addr;
use std::path::Path;
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

/// Anything that the page asks for outside this path is answered with 404.
const SUB_PATH: &str = "/some/path";

/// Serves `dist/` on a free port for as long as the runtime lives; returns the page's address.
pub async fn serve() -> Outcome<String> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("dist");
    if !dist.join("index.html").exists() {
        return Err("dist/ holds no site: run `cargo xtask build` first".into());
    }
    let router = Router::new().nest_service(SUB_PATH, ServeDir::new(dist));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://{address}{SUB_PATH}/"))
}
