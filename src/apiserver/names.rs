//! Names made from a prefix, as `metadata.generateName` asks for.

use crate::sim::Random;

/// What generated parts of names are made of: no vowels and no look-alikes, so that no words come about.
// Models staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go alphanums
pub const NAME_LETTERS: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
const SUFFIX_LENGTH: usize = 5;
const MAX_NAME_LENGTH: usize = 63;

/// Makes names; the same seed makes the same ones.
#[derive(Clone, Debug)]
pub struct NameGenerator {
    random: Random,
}

impl NameGenerator {
    pub fn new(seed: u64) -> Self {
        Self { random: Random::stream(seed, &[crate::sim::text_number("names")]) }
    }

    /// `prefix`, cut so that the whole fits, and five random characters.
    // Models staging/src/k8s.io/apiserver/pkg/storage/names/generate.go GenerateName
    pub fn generate(&mut self, prefix: &str) -> String {
        let kept = prefix.get(..MAX_NAME_LENGTH - SUFFIX_LENGTH).unwrap_or(prefix);
        let mut name = String::with_capacity(kept.len() + SUFFIX_LENGTH);
        name.push_str(kept);
        for _ in 0..SUFFIX_LENGTH {
            let place = self.random.in_range(0, NAME_LETTERS.len() as u64 - 1) as usize;
            name.push(char::from(NAME_LETTERS[place]));
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_prefix_and_fits_a_label() {
        let mut names = NameGenerator::new(7);
        let name = names.generate("parallel-");
        assert!(name.starts_with("parallel-") && name.len() == 14, "{name}");
        assert_ne!(name, names.generate("parallel-"));
        assert_eq!(names.generate(&"x".repeat(80)).len(), MAX_NAME_LENGTH);
    }
}
