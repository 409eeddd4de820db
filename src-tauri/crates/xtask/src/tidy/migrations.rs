//! Migrations only grow: numbered from 0001 on without a gap, named for what they do.

use std::path::{Path, PathBuf};

use super::Violation;

const FOLDER: &str = "src-tauri/crates/store/migrations";

/// `NNNN_verb_what.sql`, without gaps and without doubles.
pub fn numbered(files: &[PathBuf]) -> Vec<Violation> {
    let mut migrations: Vec<&Path> =
        files.iter().map(PathBuf::as_path).filter(|file| file.parent() == Some(Path::new(FOLDER))).collect();
    migrations.sort();
    let mut violations = Vec::new();
    let mut expected = 1;
    for file in migrations {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match number(&name) {
            Some(number) if number == expected => expected += 1,
            Some(number) => {
                let what = format!("number {number:04} stands where {expected:04} belongs");
                violations.push(Violation::new(file, 1, what));
                expected = number + 1;
            }
            None => violations.push(Violation::new(file, 1, "is not named NNNN_verb_what.sql")),
        }
    }
    violations
}

fn number(name: &str) -> Option<u32> {
    let (digits, rest) = name.split_once('_')?;
    let words = rest.strip_suffix(".sql")?;
    let good = words.contains('_')
        && words.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    (digits.len() == 4 && good).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str]) -> usize {
        numbered(&names.iter().map(|name| Path::new(FOLDER).join(name)).collect::<Vec<_>>()).len()
    }

    #[test]
    fn gaps_doubles_and_odd_names_are_found() {
        assert_eq!(found(&["0001_create_leads.sql", "0002_add_tags.sql"]), 0);
        assert_eq!(found(&["0001_create_leads.sql", "0003_add_tags.sql"]), 1);
        assert_eq!(found(&["0001_create_leads.sql", "0001_add_tags.sql"]), 1);
        assert_eq!(found(&["0001_create_leads.sql", "2_Add.sql"]), 1);
        assert_eq!(found(&["0002_add_tags.sql"]), 1);
    }
}
