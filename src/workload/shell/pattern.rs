//! Shell patterns, as `case` and `[[ a == b* ]]` match them: `*`, `?` and sets such as `[0-9]` or `[!a]`.

/// Whether `text` matches `pattern` from end to end.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(&'*') {
            star = Some((p, t));
            p += 1;
        } else if let Some(width) = matches_one(&pattern[p..], text[t]) {
            p += width;
            t += 1;
        } else if let Some((star_p, star_t)) = star {
            star = Some((star_p, star_t + 1));
            (p, t) = (star_p + 1, star_t + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|&letter| letter == '*')
}

/// How many letters of the pattern match `letter`, if they do.
fn matches_one(pattern: &[char], letter: char) -> Option<usize> {
    match pattern {
        ['?', ..] => Some(1),
        ['[', rest @ ..] if rest.iter().skip(1).any(|&end| end == ']') => {
            let end = 1 + rest.iter().skip(1).position(|&end| end == ']')?;
            let (negated, set) = match &rest[..end] {
                ['!' | '^', set @ ..] => (true, set),
                set => (false, set),
            };
            (set_has(set, letter) != negated).then_some(end + 2)
        }
        ['\\', escaped, ..] => (*escaped == letter).then_some(2),
        [exact, ..] => (*exact == letter).then_some(1),
        [] => None,
    }
}

fn set_has(mut set: &[char], letter: char) -> bool {
    loop {
        set = match set {
            [low, '-', high, rest @ ..] if (*low..=*high).contains(&letter) || rest.is_empty() => {
                return (*low..=*high).contains(&letter);
            }
            [_, '-', _, rest @ ..] => rest,
            [one, rest @ ..] => {
                if *one == letter {
                    return true;
                }
                rest
            }
            [] => return false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_from_end_to_end() {
        for (pattern, text, wanted) in [
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("a*d", "abcd", true),
            ("*", "", true),
            ("?", "", false),
            ("[0-9]", "7", true),
            ("[!0-9]", "7", false),
            ("[0-9]*", "12x", true),
            ("*-[a-cx]", "job-x", true),
            ("a*b*c", "aXbYbZ", false),
            ("[", "[", true),
        ] {
            assert_eq!(matches(pattern, text), wanted, "{pattern} {text}");
        }
    }
}
