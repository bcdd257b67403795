//! A map by uid, in the order of uids. All such maps share one kind of tree, from uids to places in a list of values:
//! a tree of its own for each kind of value would be loaded by every browser.

use super::Uid;
use std::collections::BTreeMap;

/// A map by uid, in the order of uids.
#[derive(Clone, Debug)]
pub struct UidMap<V> {
    places: BTreeMap<Uid, u32>,
    /// Empty at the free places.
    values: Vec<Option<V>>,
    free: Vec<u32>,
}

impl<V> Default for UidMap<V> {
    fn default() -> Self {
        Self { places: BTreeMap::new(), values: Vec::new(), free: Vec::new() }
    }
}

impl<V> UidMap<V> {
    pub fn get(&self, uid: Uid) -> Option<&V> {
        self.values[*self.places.get(&uid)? as usize].as_ref()
    }

    pub fn get_mut(&mut self, uid: Uid) -> Option<&mut V> {
        self.values[*self.places.get(&uid)? as usize].as_mut()
    }

    /// Puts a value in, and gives back the one that was there.
    pub fn insert(&mut self, uid: Uid, value: V) -> Option<V> {
        let place = self.place(uid);
        self.values[place].replace(value)
    }

    pub fn remove(&mut self, uid: Uid) -> Option<V> {
        let place = self.places.remove(&uid)?;
        self.free.push(place);
        self.values[place as usize].take()
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Uid, &V)> {
        self.places.iter().filter_map(|(uid, place)| Some((*uid, self.values[*place as usize].as_ref()?)))
    }

    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// The value of a uid, put in if there is none.
    pub fn or_default(&mut self, uid: Uid) -> &mut V
    where
        V: Default,
    {
        let place = self.place(uid);
        self.values[place].get_or_insert_default()
    }

    /// The place of a uid, whose value may yet have to be put in.
    fn place(&mut self, uid: Uid) -> usize {
        if let Some(place) = self.places.get(&uid) {
            return *place as usize;
        }
        let place = self.free.pop().unwrap_or_else(|| {
            self.values.push(None);
            self.values.len() as u32 - 1
        });
        self.places.insert(uid, place);
        place as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_in_the_order_of_uids_whatever_their_places() {
        let mut map = UidMap::default();
        assert_eq!((map.insert(Uid(3), "c"), map.insert(Uid(1), "a"), map.insert(Uid(2), "b")), (None, None, None));
        assert_eq!((map.remove(Uid(1)), map.remove(Uid(1)), map.insert(Uid(3), "C")), (Some("a"), None, Some("c")));
        map.insert(Uid(4), "d");
        map.insert(Uid(1), "A");
        assert_eq!(map.iter().collect::<Vec<_>>(), [(Uid(1), &"A"), (Uid(2), &"b"), (Uid(3), &"C"), (Uid(4), &"d")]);
        *map.get_mut(Uid(2)).unwrap() = "B";
        assert_eq!((map.get(Uid(2)), map.get(Uid(9))), (Some(&"B"), None));
        assert_eq!(*map.or_default(Uid(9)), "");
    }
}
