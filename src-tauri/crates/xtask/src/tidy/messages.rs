//! Every word of the interface exists in every language: same keys, same placeholders, no empty text.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::Violation;

/// The first is the one that the others are compared with.
const LOCALES: [&str; 3] = ["pt-BR", "en", "es"];
const FOLDER: &str = "ui/messages";

/// The messages of one locale, by key, each with the file and line it stands on.
struct Message {
    file: PathBuf,
    line: usize,
    text: String,
}

/// Compares the locales. No folder of messages at all is a violation too.
pub fn complete(root: &Path) -> Result<Vec<Violation>> {
    let mut violations = Vec::new();
    let [reference, others @ ..] = LOCALES;
    let reference = read(root, reference)?;
    if reference.is_empty() {
        violations.push(Violation::new(Path::new(FOLDER), 1, "holds no messages"));
    }
    violations.extend(reference.iter().filter_map(|(key, message)| empty(key, message)));
    for locale in others {
        let messages = read(root, locale)?;
        violations.extend(messages.iter().filter_map(|(key, message)| empty(key, message)));
        for (key, wanted) in &reference {
            match messages.get(key) {
                None => {
                    let what = format!("`{key}` is missing in {locale}");
                    violations.push(Violation::new(&wanted.file, wanted.line, what));
                }
                Some(message) if placeholders(&message.text) != placeholders(&wanted.text) => {
                    let what = format!("`{key}` has other placeholders than in {}", LOCALES[0]);
                    violations.push(Violation::new(&message.file, message.line, what));
                }
                Some(_) => {}
            }
        }
        for (key, message) in messages.iter().filter(|(key, _)| !reference.contains_key(*key)) {
            let what = format!("`{key}` does not exist in {}", LOCALES[0]);
            violations.push(Violation::new(&message.file, message.line, what));
        }
    }
    Ok(violations)
}

fn empty(key: &str, message: &Message) -> Option<Violation> {
    message
        .text
        .trim()
        .is_empty()
        .then(|| Violation::new(&message.file, message.line, format!("`{key}` has no text")))
}

/// `ui/messages/<locale>.json`, and every `.json` in `ui/messages/<locale>/`.
fn read(root: &Path, locale: &str) -> Result<BTreeMap<String, Message>> {
    let folder = Path::new(FOLDER).join(locale);
    let mut files = vec![Path::new(FOLDER).join(format!("{locale}.json"))];
    if let Ok(entries) = fs::read_dir(root.join(&folder)) {
        files.extend(entries.filter_map(|entry| Some(folder.join(entry.ok()?.file_name()))));
    }
    let mut messages = BTreeMap::new();
    for file in files.into_iter().filter(|file| root.join(file).is_file()) {
        let content = fs::read_to_string(root.join(&file))
            .with_context(|| format!("could not read {}", file.display()))?;
        let tree: Value =
            serde_json::from_str(&content).with_context(|| format!("{} is not JSON", file.display()))?;
        // Two files may hold the same key: the file belongs to it.
        let area = file.strip_prefix(&folder).map_or(String::new(), |name| format!("{}:", name.display()));
        add(&tree, &area, &file, &content, &mut messages)?;
    }
    Ok(messages)
}

fn add(
    tree: &Value,
    key: &str,
    file: &Path,
    content: &str,
    messages: &mut BTreeMap<String, Message>,
) -> Result<()> {
    match tree {
        Value::Object(entries) => {
            for (name, value) in entries {
                // Notes for translators and the address of the schema.
                if name.starts_with('$') {
                    continue;
                }
                let dot = if key.is_empty() || key.ends_with(':') { "" } else { "." };
                add(value, &format!("{key}{dot}{name}"), file, content, messages)?;
            }
        }
        Value::String(text) => {
            let last = key.rsplit(['.', ':']).next().unwrap_or(key);
            let needle = format!("\"{last}\"");
            let line = content.lines().position(|line| line.contains(&needle)).map_or(1, |index| index + 1);
            messages.insert(key.to_owned(), Message { file: file.to_owned(), line, text: text.clone() });
        }
        other => bail!("{}: `{key}` is {other}, not a text", file.display()),
    }
    Ok(())
}

/// The names of the arguments of an ICU message: what stands directly after an opening brace of the outermost level
/// or of a sub-message.
fn placeholders(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    // For each open brace: whether it holds an argument (true) or the text of a choice (false).
    let mut open: Vec<bool> = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            '{' => {
                let argument = !open.last().copied().unwrap_or(false);
                open.push(argument);
                if argument {
                    let mut name = String::new();
                    while let Some(next) = rest.next_if(|next| !matches!(next, ',' | '}' | '{')) {
                        name.push(next);
                    }
                    names.insert(name.trim().to_owned());
                }
            }
            '}' => {
                open.pop();
            }
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(texts: [&str; 3]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (locale, text) in LOCALES.iter().zip(texts) {
            let folder = root.path().join(FOLDER).join(locale);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("a.json"), text).unwrap();
        }
        root
    }

    fn found(texts: [&str; 3]) -> Vec<String> {
        complete(folder(texts).path()).unwrap().into_iter().map(|violation| violation.what).collect()
    }

    #[test]
    fn a_key_that_one_language_lacks_is_found_and_named() {
        let both = r#"{"a": {"b": "x"}, "c": "y"}"#;
        assert_eq!(found([both, both, both]), [] as [String; 0]);
        assert_eq!(found([both, both, r#"{"c": "y"}"#]), ["`a.json:a.b` is missing in es"]);
        assert_eq!(found([r#"{"c": "y"}"#, both, r#"{"c": "y"}"#]).len(), 1);
    }

    #[test]
    fn an_empty_text_and_a_forgotten_placeholder_are_found() {
        assert_eq!(found([r#"{"a": " "}"#, r#"{"a": "x"}"#, r#"{"a": "x"}"#]).len(), 1);
        assert_eq!(found([r#"{"a": "{n} x"}"#, r#"{"a": "{m} x"}"#, r#"{"a": "{n}"}"#]).len(), 1);
    }

    #[test]
    fn placeholders_are_found_inside_plurals() {
        let text = "{count, plural, one {# lead de {name}} other {# leads de {name}}}";
        assert_eq!(placeholders(text), ["count", "name"].map(str::to_owned).into());
        assert_eq!(placeholders("no arguments"), BTreeSet::new());
    }
}
