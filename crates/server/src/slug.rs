//! The secret part of an address: who has it may come in.

/// The digits of Crockford's base 32, which people do not take for one another.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const BITS_PER_DIGIT: usize = 5;
/// 128 bits, which nobody guesses, take so many digits.
const CHARS: usize = 128_usize.div_ceil(BITS_PER_DIGIT);

/// A new secret of 128 random bits.
pub fn generate() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    let number = u128::from_be_bytes(bytes);
    let digit = |place: usize| {
        let value = (number >> (place * BITS_PER_DIGIT)) & 0x1f;
        char::from(DIGITS[usize::try_from(value).unwrap_or_default()])
    };
    Ok((0..CHARS).rev().map(digit).collect())
}

/// Whether a text can be such a secret. Others need not be looked for.
#[must_use]
pub fn is_one(text: &str) -> bool {
    text.len() == CHARS && text.bytes().all(|byte| DIGITS.contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_alike() {
        let [one, other] = [generate(), generate()].map(|it| it.expect("randomness"));
        assert_ne!(one, other);
        assert!(is_one(&one) && is_one(&other), "{one} {other}");
        for text in ["", "pay", &one[1..], &one.to_uppercase(), &format!("{one}0")] {
            assert!(!is_one(text), "{text}");
        }
    }
}
