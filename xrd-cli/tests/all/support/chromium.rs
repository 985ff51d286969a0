//! A headless browser, controlled by the DevTools protocol over two pipes.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// Longest time to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running Chromium with one open page. It ends when this value is dropped.
pub(crate) struct Chromium {
    child: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    session: Option<String>,
    calls: u64,
    /// Events from the browser.
    pub(crate) events: Vec<Value>,
    _profile: tempfile::TempDir,
}

/// The browser: that of `XRD_CHROMIUM`, which must work, or an installed one.
fn program() -> Option<String> {
    if let Ok(named) = std::env::var("XRD_CHROMIUM") {
        return Some(named);
    }
    let known = ["chromium", "chromium-browser", "google-chrome"];
    let works = |name: &&&str| {
        let mut version = Command::new(name);
        version
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        version.status().is_ok_and(|s| s.success())
    };
    known.iter().find(works).map(|name| (*name).to_owned())
}

impl Chromium {
    /// Starts the browser. Prints a message and returns `None` if there is none.
    pub(crate) fn start() -> Option<Self> {
        let Some(program) = program() else {
            eprintln!("skipped: no chromium is installed, and XRD_CHROMIUM names none");
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        // The protocol is read from descriptor 3 and written to 4; the shell puts our pipes there.
        let script = "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1";
        let mut child = Command::new("sh")
            .args(["-c", script, &program])
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
            ])
            .args([
                "--remote-debugging-pipe",
                "--no-first-run",
                "--hide-scrollbars",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .env("HOME", profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let to = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        let (send, from) = channel();
        std::thread::spawn(move || {
            for message in answers.split(0).map_while(Result::ok) {
                let Ok(message) = serde_json::from_slice(&message) else {
                    return;
                };
                if send.send(message).is_err() {
                    return;
                }
            }
        });
        let mut browser = Self {
            child,
            to,
            from,
            session: None,
            calls: 0,
            events: Vec::new(),
            _profile: profile,
        };
        let pages = browser.call("Target.getTargets", json!({}));
        let mut pages = pages["targetInfos"].as_array().unwrap().iter();
        let page = pages.find(|t| t["type"] == "page").unwrap();
        let to = json!({ "targetId": page["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", to);
        browser.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Calls a method and waits for its answer.
    pub(crate) fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.calls += 1;
        let mut message = json!({ "id": self.calls, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.to.write_all(message.to_string().as_bytes()).unwrap();
        self.to.write_all(&[0]).unwrap();
        loop {
            let answer = self.from.recv_timeout(PATIENCE);
            let mut answer = answer.unwrap_or_else(|_| panic!("no answer to {method}"));
            if answer["id"] != self.calls {
                self.events.push(answer);
                continue;
            }
            assert!(answer["error"].is_null(), "{method}: {answer}");
            return answer["result"].take();
        }
    }

    /// The value of an expression in the page.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let asked = json!({
            "expression": expression, "returnByValue": true, "awaitPromise": true,
            "allowUnsafeEvalBlockedByCSP": false,
        });
        let mut answer = self.call("Runtime.evaluate", asked);
        assert!(
            answer["exceptionDetails"].is_null(),
            "{expression}: {answer}"
        );
        answer["result"]["value"].take()
    }

    pub(crate) fn text(&mut self, expression: &str) -> String {
        self.value(expression)
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    pub(crate) fn numbers(&mut self, expression: &str) -> Vec<f64> {
        let value = self.value(&format!("Array.from({expression})"));
        let numbers = value.as_array().unwrap().iter();
        numbers.map(|v| v.as_f64().unwrap()).collect()
    }

    /// Waits until an expression is true.
    pub(crate) fn wait_for(&mut self, expression: &str) {
        for _ in 0..600 {
            if self.value(&format!("!!({expression})")) == true {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("never true: {expression}");
    }

    /// Sets the size of the window, and whether the system is dark.
    pub(crate) fn resize(&mut self, (width, height): (u32, u32), is_phone: bool, scheme: &str) {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone,
        });
        self.call("Emulation.setDeviceMetricsOverride", size);
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.call(
            "Emulation.setEmulatedMedia",
            json!({ "features": [feature] }),
        );
    }

    /// Opens a file and waits until an expression is true there.
    pub(crate) fn open(&mut self, file: &Path, ready: &str) {
        let address = format!("file://{}", file.display());
        let opened = self.call("Page.navigate", json!({ "url": address }));
        assert!(opened["errorText"].is_null(), "{opened}");
        self.wait_for(ready);
    }

    /// Moves the mouse to a position in the window.
    pub(crate) fn hover(&mut self, (x, y): (f64, f64)) {
        self.mouse("mouseMoved", (x, y), 0);
    }

    /// Clicks there, with or without Shift.
    pub(crate) fn click(&mut self, at: (f64, f64), shift: bool) {
        self.hover(at);
        for kind in ["mousePressed", "mouseReleased"] {
            self.mouse(kind, at, if shift { 8 } else { 0 });
        }
    }

    /// Drags the mouse from one position in the window to another.
    pub(crate) fn drag(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.hover(from);
        self.mouse("mousePressed", from, 0);
        self.call(
            "Input.dispatchMouseEvent",
            json!({ "type": "mouseMoved", "x": to.0, "y": to.1, "button": "left", "buttons": 1 }),
        );
        self.mouse("mouseReleased", to, 0);
    }

    /// Sets a control of the page, as a user does.
    pub(crate) fn set(&mut self, id: &str, value: &Value) {
        self.value(&format!(
            "(() => {{
                const control = document.getElementById('{id}');
                control[control.type === 'checkbox' ? 'checked' : 'value'] = {value};
                control.dispatchEvent(new Event('change'));
            }})()"
        ));
    }

    /// The number of colours on a canvas.
    pub(crate) fn colors(&mut self, id: &str) -> u64 {
        let counted = format!(
            "(() => {{
                const shown = document.getElementById('{id}');
                const c = new OffscreenCanvas(shown.width, shown.height);
                const draw = c.getContext('2d', {{ willReadFrequently: true }});
                draw.drawImage(shown, 0, 0);
                const data = draw.getImageData(0, 0, c.width, c.height).data;
                return new Set(new Uint32Array(data.buffer)).size;
            }})()"
        );
        self.value(&counted).as_u64().unwrap()
    }

    fn mouse(&mut self, kind: &str, (x, y): (f64, f64), modifiers: u32) {
        let moved = kind == "mouseMoved";
        let event = json!({
            "type": kind, "x": x, "y": y, "modifiers": modifiers,
            "button": if moved { "none" } else { "left" }, "clickCount": u32::from(!moved),
        });
        self.call("Input.dispatchMouseEvent", event);
    }

    /// Presses and releases a key by its name, as in `Enter` or `n`.
    pub(crate) fn press(&mut self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({ "type": kind, "key": key });
            if kind == "keyDown" && key.len() == 1 {
                event["text"] = json!(key);
            }
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// A picture of the window, as base64 of a PNG.
    pub(crate) fn screenshot(&mut self) -> String {
        let shot = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        shot["data"].as_str().unwrap().to_owned()
    }

    /// Errors and messages of the console so far, and exceptions.
    pub(crate) fn complaints(&self) -> Vec<&Value> {
        let kinds = [
            "Log.entryAdded",
            "Runtime.exceptionThrown",
            "Runtime.consoleAPICalled",
        ];
        let told = self.events.iter();
        told.filter(|e| kinds.iter().any(|k| e["method"] == *k))
            .collect()
    }

    /// The addresses that the page has requested so far.
    pub(crate) fn requests(&self) -> Vec<&str> {
        let sent = |e: &&Value| e["method"] == "Network.requestWillBeSent";
        let asked = self.events.iter().filter(sent);
        asked
            .filter_map(|e| e["params"]["request"]["url"].as_str())
            .collect()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
