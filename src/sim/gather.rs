//! Collecting into ordered sets and maps, in a way that stays small on the page.

/// Collects into an ordered set or map one by one. `collect()` would sort first, and bring a whole sorting routine for
/// every type of key to each browser.
pub fn gather<T, C: Default + Extend<T>>(items: impl IntoIterator<Item = T>) -> C {
    let mut collection = C::default();
    collection.extend(items);
    collection
}
