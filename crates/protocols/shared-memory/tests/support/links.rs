//! Spans and links.

use sim_engine::{Delay, Link, Network, Transport};
use sim_node::{Duration, Ratio, Span};

/// So many milliseconds.
pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// From so many to so many milliseconds.
pub(crate) fn span(min: u64, max: u64) -> Span {
    Span::between(ms(min), ms(max))
}

/// Perfect links with delays between these, in milliseconds.
pub(crate) fn perfect_links(min: u64, max: u64) -> Network {
    let link = Link {
        delay: Delay::Uniform(ms(min), ms(max)),
        loss: Ratio::ZERO,
        duplication: Ratio::ZERO,
        fifo: false,
    };
    Network::new(Transport::Datagram, link)
}
