//! Text made comparable.

/// Lower case without accents, for search and for comparing names: "Conceição" becomes "conceicao".
/// Covers the Latin letters of Portuguese, Spanish and their neighbours; other letters only lose case.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => folded.push('a'),
            'é' | 'è' | 'ê' | 'ë' => folded.push('e'),
            'í' | 'ì' | 'î' | 'ï' => folded.push('i'),
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' => folded.push('o'),
            'ú' | 'ù' | 'û' | 'ü' => folded.push('u'),
            'ç' => folded.push('c'),
            'ñ' => folded.push('n'),
            'ý' | 'ÿ' => folded.push('y'),
            // Combining marks of decomposed text.
            '\u{300}'..='\u{36f}' => {}
            other => folded.push(other),
        }
    }
    folded
}

/// Whether two names are one tag: Kommo has one, however its letters are written large or small.
pub fn is_same_tag(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_the_same_in_capitals_also_with_accents() {
        assert!(is_same_tag("São Paulo", "SÃO PAULO"));
        assert!(!is_same_tag("sao paulo", "são paulo"));
    }

    #[test]
    fn accents_and_case_do_not_matter() {
        assert_eq!(fold("Conceição ÁGUA"), "conceicao agua");
        assert_eq!(fold("Conceic\u{327}a\u{303}o"), "conceicao");
        assert_eq!(fold("Niño Ünal"), "nino unal");
    }
}
