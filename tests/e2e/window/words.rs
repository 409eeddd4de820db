//! The words on the screen, from the catalogues that the interface is built with.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// The words of one language.
pub(crate) struct Words {
    language: String,
}

impl Words {
    /// `language` is what the page says of itself, such as `pt-BR`.
    pub(crate) fn of(language: &str) -> Self {
        Self { language: language.to_owned() }
    }

    /// The message of a key such as `leads.title`: one without places for values.
    pub(crate) fn say(&self, key: &str) -> String {
        let (area, rest) = key.split_once('.').expect("a key names its area first");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/messages").join(&self.language);
        let text = fs::read_to_string(folder.join(format!("{area}.json"))).expect("every area has its words");
        let catalogue: Value = serde_json::from_str(&text).expect("a catalogue is JSON");
        let message = catalogue.pointer(&format!("/{}", rest.replace('.', "/"))).and_then(Value::as_str);
        message.unwrap_or_else(|| panic!("there are no words for {key} in {}", self.language)).to_owned()
    }
}
