//! A headless Chromium with its driver, and the commands that fantoccini has no words for.
//! Knows nothing of the page.

use crate::Outcome;
use fantoccini::elements::Element;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use url::{ParseError, Url};

const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
];

/// A chromedriver on a free port, gone when dropped. Close its sessions first.
pub struct Driver {
    process: Child,
    address: String,
}

impl Driver {
    pub fn start() -> Outcome<Self> {
        let program = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
        let mut process = Command::new(&program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{program} did not start: {error}"))?;
        let said = process.stdout.take().ok_or("chromedriver has no output")?;
        let port = BufReader::new(said).lines().map_while(Result::ok).find_map(|line| port_in(&line));
        let mut driver = Self { process, address: String::new() };
        let port = port.ok_or("chromedriver did not say its port")?;
        driver.address = format!("http://127.0.0.1:{port}");
        Ok(driver)
    }

    /// A fresh browser with a profile of its own.
    pub async fn session(&self) -> Outcome<Client> {
        let capabilities = json!({
            "goog:chromeOptions": { "args": FLAGS },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let capabilities: Capabilities = serde_json::from_value(capabilities)?;
        let client = ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&self.address).await?;
        Ok(client)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Nothing is left to do about a driver that has already gone.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The driver says "ChromeDriver was started successfully on port 40123."
fn port_in(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("started successfully on port ")?;
    rest.trim_end_matches('.').parse().ok()
}

/// A command of the DevTools protocol.
pub async fn devtools(client: &Client, command: &str, params: Value) -> Outcome<Value> {
    let body = json!({ "cmd": command, "params": params });
    Ok(client.issue_cmd(Endpoint::post("goog/cdp/execute", body)).await?)
}

/// What the console has said since the last time, of the level SEVERE.
pub async fn console_errors(client: &Client) -> Outcome<Vec<String>> {
    let log = client.issue_cmd(Endpoint::post("se/log", json!({ "type": "browser" }))).await?;
    let entries = log.as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(entries.iter().filter(|entry| entry["level"] == "SEVERE").map(|entry| entry["message"].to_string()).collect())
}

/// Role and name of an element as assistive technology hears them.
pub async fn role_and_name(client: &Client, element: &Element) -> Outcome<(String, String)> {
    let id = element.element_id();
    let ask = |what: &str| client.issue_cmd(Endpoint::get(format!("element/{id}/{what}")));
    let role = ask("computedrole").await?;
    let name = ask("computedlabel").await?;
    let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
    Ok((text(role), text(name)))
}

/// A WebDriver command under the session's address.
#[derive(Debug)]
struct Endpoint {
    path: String,
    body: Option<Value>,
}

impl Endpoint {
    fn get(path: String) -> Self {
        Self { path, body: None }
    }

    fn post(path: &str, body: Value) -> Self {
        Self { path: path.to_owned(), body: Some(body) }
    }
}

impl WebDriverCompatibleCommand for Endpoint {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _url: &Url) -> (http::Method, Option<String>) {
        match &self.body {
            Some(body) => (http::Method::POST, Some(body.to_string())),
            None => (http::Method::GET, None),
        }
    }
}
