//! A first visit to the page, by a real browser: it tells which functions of an instrumented page run. It serves the
//! page on loopback and knows nothing of wasm.

use crate::run::{Outcome, program};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use tiny_http::{Header, Method, Request, Response, Server};

const LONGEST_VISIT: Duration = Duration::from_secs(300);

/// The functions that ran, as the page in `folder` reports them by `POST /profile`: their indices, one in a line.
pub fn visit(folder: &Path) -> Outcome<BTreeSet<u32>> {
    let server = Server::http("127.0.0.1:0").map_err(|error| format!("visit: {error}"))?;
    let address = server.server_addr().to_string();
    let mut browser = browser(&format!("http://{address}/"), &folder.join("browser"))?;
    let report = serve(&server, folder);
    // It has done its work, or never will.
    let _ = browser.kill();
    let _ = browser.wait();
    let report = report?;
    report.lines().map(|line| line.parse().map_err(|_| format!("visit: the page reported {line:?}"))).collect()
}

fn browser(address: &str, profile: &Path) -> Outcome<Child> {
    let name = crate::browser::executable().ok_or("visit: there is no Chromium")?;
    program(&name)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--disable-dev-shm-usage", "--window-size=1440,900"])
        // Nobody sees the window, and yet its frames and timers are to go on.
        .args(["--disable-background-timer-throttling", "--disable-renderer-backgrounding"])
        .arg("--disable-backgrounding-occluded-windows")
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(address)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("visit: {name} did not start: {error}"))
}

/// Serves the folder until the report has come.
fn serve(server: &Server, folder: &Path) -> Outcome<String> {
    let end = Instant::now() + LONGEST_VISIT;
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        let request = server.recv_timeout(left).map_err(|error| format!("visit: {error}"))?;
        let Some(mut request) = request else { break };
        if *request.method() == Method::Post {
            let mut report = String::new();
            request.as_reader().read_to_string(&mut report).map_err(|error| format!("visit: {error}"))?;
            let _ = request.respond(Response::empty(204));
            return Ok(report);
        }
        // Each in a thread of its own: a browser may leave an answer half read for long.
        let folder = folder.to_owned();
        std::thread::spawn(move || answer(request, &folder));
    }
    Err(format!("visit: the page did not report within {} s", LONGEST_VISIT.as_secs()))
}

fn answer(request: Request, folder: &Path) {
    let path = request.url().split(['?', '#']).next().unwrap_or_default().trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    let file: PathBuf = folder.join(path);
    let kind = match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    };
    // A browser that has gone away is nothing to tell of.
    let _ = match std::fs::read(file) {
        Ok(bytes) if !path.contains("..") => {
            let header = Header::from_bytes("Content-Type", kind).expect("a valid header");
            request.respond(Response::from_data(bytes).with_header(header))
        }
        Ok(_) | Err(_) => request.respond(Response::empty(404)),
    };
}
