//! Folding of single characters.

use unicode_normalization::char::decompose_compatible;

/// The role of a character of the original text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Role {
    /// A letter, digit or symbol, to be folded.
    Other,
    /// Part of the word, but without a folded form.
    Removed,
    /// A zero-width non-joiner, in one of its forms.
    NonJoiner,
    /// U+00AC, which stands for a zero-width non-joiner between Arabic letters.
    NotSign,
    /// Removed between groups of three digits.
    GroupSeparator,
}

pub(super) fn role(character: char) -> Role {
    match character {
        '\u{200b}' | '\u{200c}' => Role::NonJoiner,
        '\u{ac}' => Role::NotSign,
        ',' | '\u{60c}' | '\u{66c}' => Role::GroupSeparator,
        it if is_removed(it) => Role::Removed,
        _ => Role::Other,
    }
}

/// Vowel marks and other combining characters, elongation, and invisible characters.
fn is_removed(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36f}'
        | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}'
        | '\u{670}'
        | '\u{6d6}'..='\u{6dc}'
        | '\u{6df}'..='\u{6e4}'
        | '\u{6e7}'..='\u{6e8}'
        | '\u{6ea}'..='\u{6ed}'
        | '\u{8d3}'..='\u{8e1}'
        | '\u{8e3}'..='\u{8ff}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{640}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{200d}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}')
}

/// Returns `true` for characters that are part of words and fold to themselves: digits, small letters, and most letters of
/// Persian. The functions of Unicode are slow, and almost all characters of messages are these.
pub(super) fn is_plain(character: char) -> bool {
    match character {
        'ة' => false,
        'a'..='z' | '0'..='9' => true,
        'ا' | 'ب'..='غ' | 'ف' | 'ق' | 'ل'..='و' | 'پ' | 'چ' | 'ژ' | 'ک' | 'گ' | 'ی' => {
            true
        }
        _ => false,
    }
}

/// Emits the folded form of a character, which can be several characters, or none.
pub(super) fn fold_character(character: char, emit: &mut impl FnMut(char)) {
    match character {
        ' ' | '\n' => emit(character),
        it if is_plain(it) => emit(it),
        _ => decompose_compatible(character, |part| {
            if !is_removed(part) {
                fold_part(part, emit);
            }
        }),
    }
}

fn fold_part(part: char, emit: &mut impl FnMut(char)) {
    match part {
        '\u{64a}' | '\u{649}' | '\u{6d2}' => emit('ی'),
        '\u{643}' | '\u{6aa}' => emit('ک'),
        '\u{629}' | '\u{6be}' | '\u{6c1}' | '\u{6c3}' | '\u{6d5}' => emit('ه'),
        '\u{671}' => emit('ا'),
        '\u{660}'..='\u{669}' => emit_digit(part, '\u{660}', emit),
        '\u{6f0}'..='\u{6f9}' => emit_digit(part, '\u{6f0}', emit),
        it if it.is_ascii() => emit(it.to_ascii_lowercase()),
        it if !it.is_lowercase() && !it.is_uppercase() => emit(it),
        // Full case folding, as far as case mapping has it: `ẞ` and `ß` become `ss`, and `ς` becomes `σ`.
        it => it
            .to_lowercase()
            .flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase)
            .filter(|it| !is_removed(*it))
            .for_each(emit),
    }
}

fn emit_digit(digit: char, zero: char, emit: &mut impl FnMut(char)) {
    let value = u32::from(digit) - u32::from(zero);
    emit(char::from_digit(value, 10).unwrap_or(digit));
}

/// How a folded character is part of words.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Class {
    /// Between words.
    Separator,
    /// Part of a word.
    Word,
    /// A word of its own: emoji, and ideographs of scripts that do not separate words.
    Single,
}

pub(super) fn class(character: char) -> Class {
    match character {
        '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{20000}'..='\u{3ffff}'
        | '\u{2600}'..='\u{27bf}'
        | '\u{2b00}'..='\u{2bff}'
        | '\u{1f000}'..='\u{1faff}' => Class::Single,
        it if it.is_alphanumeric() => Class::Word,
        _ => Class::Separator,
    }
}

pub(super) fn is_arabic_letter(character: char) -> bool {
    matches!(character, '\u{620}'..='\u{64a}' | '\u{66e}'..='\u{6d3}' | '\u{6d5}' | '\u{6fa}'..='\u{6ff}'
        | '\u{750}'..='\u{77f}' | '\u{8a0}'..='\u{8c9}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// Returns `true` for the digits that fold to ASCII digits.
pub(super) fn is_digit(character: char) -> bool {
    matches!(character, '0'..='9' | '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}')
}
