//! A list whose copies share what neither has changed since: it stands in chunks, and a chunk is copied only when one of
//! its sharers writes to it. Copying a long list costs little more than nothing. It does not know what it holds.

use std::rc::Rc;

/// So many items are copied when one of them is written.
const CHUNK: usize = 128;

/// A list that is cheap to copy.
#[derive(Clone, Debug)]
pub struct Chunks<T> {
    /// All but the last are full; none is empty.
    chunks: Vec<Rc<Vec<T>>>,
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self { chunks: Vec::new() }
    }
}

impl<T: Clone> Chunks<T> {
    pub fn len(&self) -> usize {
        self.chunks.last().map_or(0, |last| (self.chunks.len() - 1) * CHUNK + last.len())
    }

    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    pub fn get(&self, place: usize) -> Option<&T> {
        self.chunks.get(place / CHUNK)?.get(place % CHUNK)
    }

    pub fn get_mut(&mut self, place: usize) -> Option<&mut T> {
        Rc::make_mut(self.chunks.get_mut(place / CHUNK)?).get_mut(place % CHUNK)
    }

    pub fn push(&mut self, item: T) {
        match self.chunks.last_mut().filter(|last| last.len() < CHUNK) {
            Some(last) => Rc::make_mut(last).push(item),
            None => self.chunks.push(Rc::new(vec![item])),
        }
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + Clone {
        self.from(0)
    }

    /// The items from that place on.
    pub fn from(&self, place: usize) -> impl DoubleEndedIterator<Item = &T> + Clone {
        let chunks = &self.chunks[(place / CHUNK).min(self.chunks.len())..];
        chunks.iter().enumerate().flat_map(move |(number, chunk)| {
            let from = if number == 0 { place % CHUNK } else { 0 };
            chunk[from.min(chunk.len())..].iter()
        })
    }

    /// The first place for whose item `is_before` does not hold; it must hold for all items up to some place, and for
    /// none behind.
    pub fn partition_point(&self, is_before: impl Fn(&T) -> bool) -> usize {
        let whole = self.chunks.partition_point(|chunk| chunk.last().is_some_and(&is_before));
        let Some(chunk) = self.chunks.get(whole) else { return self.len() };
        whole * CHUNK + chunk.partition_point(is_before)
    }

    /// Drops the items for which `stays` does not hold; they are asked in order.
    pub fn retain(&mut self, mut stays: impl FnMut(&T) -> bool) {
        let mut kept = Self::default();
        for chunk in std::mem::take(&mut self.chunks) {
            match Rc::try_unwrap(chunk) {
                Ok(own) => own.into_iter().filter(&mut stays).for_each(|item| kept.push(item)),
                Err(shared) => shared.iter().filter(|item| stays(item)).for_each(|item| kept.push(item.clone())),
            }
        }
        *self = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_list() {
        let mut list = Chunks::default();
        assert!(list.is_empty() && list.iter().next().is_none() && list.partition_point(|_| true) == 0);
        (0..1_000).for_each(|number| list.push(number));
        assert_eq!((list.len(), list.get(999), list.get(1_000)), (1_000, Some(&999), None));
        assert!(list.iter().copied().eq(0..1_000) && list.iter().rev().copied().eq((0..1_000).rev()));
        for from in [0, 1, 127, 128, 129, 500, 999, 1_000, 1_001, 5_000] {
            assert!(list.from(from).copied().eq(from.min(1_000)..1_000), "{from}");
            assert_eq!(list.partition_point(|number| *number < from), from.min(1_000), "{from}");
        }
        list.retain(|number| number % 3 == 0);
        assert!(list.iter().copied().eq((0..1_000).step_by(3)));
    }

    #[test]
    fn copies_go_their_own_ways() {
        let mut one = Chunks::default();
        (0..300).for_each(|number| one.push(number));
        let other = one.clone();
        *one.get_mut(5).expect("it is there") = 50;
        one.push(300);
        assert_eq!((other.get(5), other.len(), one.get(5), one.len()), (Some(&5), 300, Some(&50), 301));
        assert!(Rc::ptr_eq(&one.chunks[1], &other.chunks[1]), "what is the same is shared");
    }
}
