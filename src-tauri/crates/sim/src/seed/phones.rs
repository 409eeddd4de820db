//! Brazilian phone numbers as people write them: with and without the ninth digit, in several formats.

use crate::chance::Chance;

/// A number of area code `area`, written in one of the ways seen in real accounts.
pub(crate) fn invent(chance: &mut Chance, area: u32) -> String {
    let last = chance.between(0, 9999);
    let first = match chance.weighted(&[84, 11, 5]) {
        // A mobile number as it is today.
        0 => format!("9{}", chance.between(6000, 9999)),
        // A mobile number stored before the ninth digit, or as WhatsApp names it outside the south-east.
        1 => chance.between(6000, 9999).to_string(),
        // A landline.
        _ => chance.between(2000, 5999).to_string(),
    };
    write(chance, area, &first, last)
}

fn write(chance: &mut Chance, area: u32, first: &str, last: i64) -> String {
    match chance.weighted(&[34, 20, 14, 10, 10, 8, 4]) {
        0 => format!("+55{area}{first}{last:04}"),
        1 => format!("55{area}{first}{last:04}"),
        2 => format!("({area}) {first}-{last:04}"),
        3 => format!("+55 {area} {first}-{last:04}"),
        4 => format!("{area}{first}{last:04}"),
        5 => format!("{area} {first} {last:04}"),
        _ => format!("0{area} {first}-{last:04}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_holds_its_area_code_and_eight_or_nine_digits() {
        let mut chance = Chance::new(5, "phones");
        for _ in 0..2_000 {
            let written = invent(&mut chance, 67);
            let digits: String = written.chars().filter(char::is_ascii_digit).collect();
            let national = digits.strip_prefix("55").filter(|rest| rest.len() >= 10).unwrap_or(&digits);
            let national = national.trim_start_matches('0');
            assert!(national.starts_with("67"), "{written}");
            assert!(matches!(national.len(), 10 | 11), "{written}");
        }
    }
}
