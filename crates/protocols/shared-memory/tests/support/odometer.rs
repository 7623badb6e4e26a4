//! Every way to choose: an odometer over the choices of a computation.

/// Calls `run` once for every sequence of answers that its questions allow.
pub(crate) fn every_choice(mut run: impl FnMut(&mut dyn FnMut(u64) -> u64)) {
    // Each digit with its number of alternatives.
    let mut digits: Vec<(u64, u64)> = Vec::new();
    loop {
        let mut asked = 0;
        run(&mut |alternatives| {
            if asked == digits.len() {
                digits.push((0, alternatives));
            }
            let (digit, same) = digits[asked];
            assert_eq!(same, alternatives, "the same answers lead to the same questions");
            asked += 1;
            digit
        });
        digits.truncate(asked);
        while digits.last().is_some_and(|(digit, alternatives)| digit + 1 == *alternatives) {
            digits.pop();
        }
        let Some((digit, _)) = digits.last_mut() else { return };
        *digit += 1;
    }
}
