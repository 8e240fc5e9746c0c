//! What the browser shows: its size, its colors, pictures of it.

use super::Chromium;
use crate::program::workspace;
use base64::Engine;
use serde_json::{Value, json};
use std::path::PathBuf;

/// A picture with fewer bytes shows nothing.
const LEAST_PICTURE: usize = 4000;

impl Chromium {
    /// Looks through a screen of this size; narrow ones are phones.
    #[track_caller]
    pub fn screen(&self, width: u64, height: u64) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// As somebody who likes `light` or `dark` pages.
    #[track_caller]
    pub fn colors(&self, scheme: &str) {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", &features);
    }

    /// Nothing is cut off at the side, and nothing has to be scrolled sideways.
    #[track_caller]
    pub fn fits(&self, width: u64) {
        let layout = self.devtools("Page.getLayoutMetrics", &json!({}));
        let content = layout["cssContentSize"]["width"].as_f64().unwrap_or_else(|| panic!("{layout}"));
        assert!(content <= width as f64, "{} is {content} wide on a screen of {width}", self.url());
    }

    /// Takes the screen as it is into `target/screenshots/NAME.png`, and checks that it is a picture of that size with something on it.
    #[track_caller]
    pub fn screenshot(&self, name: &str, (width, height): (u64, u64)) {
        let text = self.tell("GET", "/screenshot", &Value::Null);
        let png = base64::engine::general_purpose::STANDARD.decode(text.as_str().unwrap()).unwrap();
        assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n", "{name} is a PNG");
        let number = |at: usize| u64::from(u32::from_be_bytes(png[at..at + 4].try_into().unwrap()));
        assert_eq!((number(16), number(20)), (width, height), "{name}");
        assert!(png.len() > LEAST_PICTURE, "{name} shows nothing: {} bytes", png.len());
        std::fs::write(screenshots().join(format!("{name}.png")), png).unwrap();
    }
}

/// Where pictures go, to be looked at by people.
pub fn screenshots() -> PathBuf {
    // target/debug/deps/browser-… → target
    let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned();
    let folder = target.join("screenshots");
    assert!(folder.starts_with(&target) && !folder.starts_with(workspace().join("tests")), "{}", folder.display());
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
