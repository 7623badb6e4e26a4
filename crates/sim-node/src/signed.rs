//! [`Signed`]: content with a signature that cannot be forged.

use std::fmt;
use std::fmt::Debug;

use serde::{Deserialize, Serialize};

use crate::{Mutation, NodeId};

/// Content that a node has signed, by [`Context::sign`](crate::Context::sign). The signature is a
/// token: nobody but the node whose step it is can make one, everybody can check it and pass it on.
///
/// A Byzantine node that changes the content of another's leaves the token invalid, and it can sign
/// what it likes in its own name ([`Signed::mutate`]).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Signed<T> {
    content: T,
    signer: NodeId,
    /// Whether the signer has signed this content.
    genuine: bool,
}

impl<T> Signed<T> {
    pub(crate) fn new(signer: NodeId, content: T) -> Self {
        Self { content, signer, genuine: true }
    }

    /// Who is said to have signed it.
    #[must_use]
    pub fn signer(&self) -> NodeId {
        self.signer
    }

    /// The content, whether or not the signature is valid.
    #[must_use]
    pub fn unverified(&self) -> &T {
        &self.content
    }

    /// The content, if this node has signed it.
    #[must_use]
    pub fn verified(&self, signer: NodeId) -> Option<&T> {
        (self.genuine && self.signer == signer).then_some(&self.content)
    }

    /// The same with other content: part of [`Message::mutate`](crate::Message::mutate). The
    /// signature is valid only if the liar is the signer. `None` when `change` has no other
    /// content.
    pub fn mutate(
        &self,
        mutation: &mut Mutation<'_>,
        change: impl FnOnce(&T, &mut Mutation<'_>) -> Option<T>,
    ) -> Option<Self> {
        let content = change(&self.content, mutation)?;
        let genuine = mutation.signer() == Some(self.signer);
        Some(Self { content, signer: self.signer, genuine })
    }
}

/// As people read it: `7 signed by n1`, `7 with a false signature of n1`.
impl<T: Debug> Debug for Signed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.content.fmt(f)?;
        let how = if self.genuine { "signed by" } else { "with a false signature of" };
        write!(f, " {how} {}", self.signer)
    }
}
