//! Phone numbers: one spelling, and who is the same person.

use std::fmt;
use std::str::FromStr as _;

/// A telephone number in E.164, such as `+5511987654321`. Prints masked; the full number is [`Phone::e164`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phone(String);

/// A text that is no telephone number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a telephone number")]
pub struct InvalidPhone;

impl Phone {
    /// Reads a number as people write it; without a country code it is taken to be of `region`
    /// (ISO 3166, such as `BR`). Brazilian carrier prefixes ("0 15 11 9...") are understood.
    pub fn parse(typed: &str, region: &str) -> Result<Self, InvalidPhone> {
        let country = phonenumber::country::Id::from_str(region).ok();
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        if !(8..=16).contains(&digits.len()) {
            return Err(InvalidPhone);
        }
        let international = typed.trim_start().starts_with('+') || typed.trim_start().starts_with("00");
        // "5511987654321" without a plus is how gateways write Brazilian numbers.
        let prefixed =
            !international && region == "BR" && digits.starts_with("55") && (12..=13).contains(&digits.len());
        let candidate = if prefixed {
            format!("+{digits}")
        } else {
            typed.trim().replacen(
                "00",
                "+",
                usize::from(international && !typed.trim_start().starts_with('+')),
            )
        };
        let number = phonenumber::parse(country, &candidate).map_err(|_| InvalidPhone)?;
        let e164 = number.format().mode(phonenumber::Mode::E164).to_string();
        let length = e164.len() - 1;
        if !(8..=15).contains(&length) {
            return Err(InvalidPhone);
        }
        Ok(Self(e164))
    }

    /// Takes back a number in E.164 that [`Phone::parse`] gave earlier.
    pub fn from_e164(text: &str) -> Result<Self, InvalidPhone> {
        let digits = text.strip_prefix('+').ok_or(InvalidPhone)?;
        let fits = (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidPhone) }
    }

    /// The number in full. Personal data: never log it.
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// The same person's key: Brazilian mobile numbers lose the ninth digit, so that the number with
    /// and the number without it are equal. All other numbers are their own key.
    pub fn person_key(&self) -> String {
        let national = self.0.strip_prefix("+55").unwrap_or_default();
        match national.as_bytes() {
            // Only numbers that began with 6 to 9 were given a ninth digit: before a 2 to 5 it tells a newer mobile
            // from the land line that ends alike.
            [_, _, b'9', b'6'..=b'9', ..] if national.len() == 11 => {
                format!("+55{}{}", &national[..2], &national[3..])
            }
            _ => self.0.clone(),
        }
    }

    /// Country code and last two digits; everything else hidden.
    pub fn masked(&self) -> String {
        mask(&self.0)
    }
}

/// Hides all but the beginning and the last two digits of anything that looks like a phone number.
pub fn mask(text: &str) -> String {
    let total = text.chars().filter(char::is_ascii_digit).count();
    let mut seen = 0;
    text.chars()
        .map(|c| {
            if !c.is_ascii_digit() {
                return c;
            }
            seen += 1;
            if seen <= 2 || seen + 2 > total { c } else { '•' }
        })
        .collect()
}

/// A text shown in logs in which a phone may hide: what looks like one prints masked.
pub struct Masked<'a>(pub &'a str);

impl fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", mask(self.0))
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_brazilian_mobile_is_one_number() {
        for typed in [
            "+55 11 98765-4321",
            "5511987654321",
            "(11) 98765-4321",
            "11987654321",
            "011 98765 4321",
            "+5511987654321",
            "00 55 11 98765 4321",
        ] {
            assert_eq!(Phone::parse(typed, "BR").unwrap().e164(), "+5511987654321", "{typed}");
        }
    }

    #[test]
    fn the_ninth_digit_does_not_make_another_person() {
        let with = Phone::parse("+55 11 98765-4321", "BR").unwrap();
        let without = Phone::parse("+55 11 8765-4321", "BR").unwrap();
        assert_ne!(with, without);
        assert_eq!(with.person_key(), without.person_key());
    }

    #[test]
    fn a_mobile_number_that_ends_like_a_land_line_is_another_person() {
        // The ninth digit was put before numbers that began with 6 to 9: these mobiles never had eight digits.
        for (mobile, land_line) in
            [("+55 11 94002-8922", "+55 11 4002-8922"), ("+55 81 92345-6789", "+55 81 2345-6789")]
        {
            let mobile = Phone::parse(mobile, "BR").unwrap();
            assert_ne!(mobile.person_key(), Phone::parse(land_line, "BR").unwrap().person_key());
            assert_eq!(mobile.person_key(), mobile.e164());
        }
        for (with, without) in
            [("+55 11 96002-8922", "+55 11 6002-8922"), ("+55 11 99002-8922", "+55 11 9002-8922")]
        {
            let (with, without) = (Phone::parse(with, "BR").unwrap(), Phone::parse(without, "BR").unwrap());
            assert_eq!(with.person_key(), without.person_key());
        }
    }

    #[test]
    fn a_land_line_and_a_foreign_number_are_their_own_key() {
        for typed in ["+55 11 3333-0000", "+1 610 357 5363", "+351 912 345 678"] {
            let phone = Phone::parse(typed, "BR").unwrap();
            assert_eq!(phone.person_key(), phone.e164());
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for typed in ["", "abc", "123", "0", "+", "99999999999999999999"] {
            assert_eq!(Phone::parse(typed, "BR"), Err(InvalidPhone), "{typed}");
        }
    }

    #[test]
    fn a_number_never_prints_in_full() {
        let phone = Phone::parse("+55 11 98765-4321", "BR").unwrap();
        assert_eq!(format!("{phone}"), "+55•••••••••21");
        assert!(!format!("{phone:?}").contains("98765"));
    }
}
