//! [`Draw`]: the choices of a storm.

/// A stream of choices, addressed by a seed and a purpose. (SplitMix64.)
#[derive(Clone, Debug)]
pub struct Draw(u64);

impl Draw {
    /// The stream of this purpose.
    #[must_use]
    pub fn of(seed: u64, purpose: &str) -> Self {
        // FNV-1a of the purpose; a step of the generator mixes it with the seed.
        let address = purpose.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let mut draw = Self(seed);
        Self(draw.word() ^ address)
    }

    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// A number below `limit`, which is not 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        let wide = u128::from(self.word()) * u128::from(limit);
        u64::try_from(wide >> 64).expect("the upper half of 128 bits")
    }

    /// A number from `least` to `most`.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    /// Whether something happens that does in so many of a hundred cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let place = self.below(from.len() as u64);
        from[usize::try_from(place).expect("a place in a slice")]
    }

    /// So many of these (all, when there are fewer), each once, in an order of their own.
    pub fn sample<T: Copy>(&mut self, from: &[T], many: usize) -> Vec<T> {
        let mut left = from.to_vec();
        let mut taken = Vec::new();
        while taken.len() < many && !left.is_empty() {
            let place = self.below(left.len() as u64);
            taken.push(left.swap_remove(usize::try_from(place).expect("a place in a list")));
        }
        taken
    }
}
