//! The roles that pictures put first or draw as a line are roles of their protocol.

#[test]
fn every_protocol_with_roles_says_which_comes_first() {
    let catalogue = catalogue::catalogue();
    let mut with_roles = 0;
    for facts in catalogue.entries().map(|entry| entry.facts()) {
        let name = facts.name;
        let known = |role: Option<&str>| role.is_none_or(|role| facts.roles.contains(&role));
        assert!(known(facts.headline), "{name}: {:?} is none of its roles", facts.headline);
        assert!(known(facts.resting), "{name}: {:?} is none of its roles", facts.resting);
        assert_eq!(facts.headline.is_some(), !facts.roles.is_empty(), "{name}");
        assert!(facts.headline.is_none() || facts.headline != facts.resting, "{name}");
        with_roles += usize::from(!facts.roles.is_empty());
    }
    assert!(with_roles > 10, "{with_roles}");
}
