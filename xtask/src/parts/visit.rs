//! A first visit to the page, by a real browser: it tells which functions of an instrumented page run. It serves the
//! page on loopback and knows nothing of wasm.

use crate::run::{Outcome, program};
use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::Duration;

const LONGEST_VISIT: Duration = Duration::from_secs(120);

/// The functions that ran, as the page in `folder` reports them by `POST /profile`: their indices, one in a line.
pub fn visit(folder: &Path) -> Outcome<BTreeSet<u32>> {
    let failed = |error: io::Error| format!("visit: {error}");
    let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let reports = serve(listener, folder);
    let mut browser = browser(&format!("http://{address}/"), &folder.join("browser"))?;
    let report = reports.recv_timeout(LONGEST_VISIT);
    // It has done its work, or never will.
    let _ = browser.kill();
    let _ = browser.wait();
    let report = report.map_err(|_| format!("visit: the page did not report within {} s", LONGEST_VISIT.as_secs()))?;
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

/// Serves the folder, each request in a thread of its own, and hands on what is reported.
fn serve(listener: TcpListener, folder: &Path) -> mpsc::Receiver<String> {
    let (reports, receiver) = mpsc::channel();
    let folder = folder.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (reports, folder) = (reports.clone(), folder.clone());
            // A browser that has gone away is nothing to tell of.
            std::thread::spawn(move || answer(stream, &folder, &reports).ok());
        }
    });
    receiver
}

/// Answers the one request of a connection.
fn answer(mut stream: TcpStream, folder: &Path, reports: &mpsc::Sender<String>) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut length = 0;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        let (name, value) = header.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        }
        header.clear();
    }
    if request.starts_with("POST ") {
        let mut report = String::new();
        reader.take(length).read_to_string(&mut report)?;
        let _ = reports.send(report);
        return stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    }
    let path = request.split(' ').nth(1).unwrap_or_default().split(['?', '#']).next().unwrap_or_default();
    let path = if path == "/" { "index.html" } else { path.trim_start_matches('/') };
    let Ok(bytes) = std::fs::read(folder.join(path)) else {
        return stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        kind(path),
        bytes.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&bytes)
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html",
        "js" => "text/javascript",
        "css" => "text/css",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}
