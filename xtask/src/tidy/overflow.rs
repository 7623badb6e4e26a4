//! Arithmetic of protocols is checked in the build for release as well.

/// A protocol's crate whose overflow would wrap for release, where it is a finding in debug. What
/// is generic is compiled into the catalogue, and what replicated protocols share is the service.
#[must_use]
pub fn overflow_problems(manifest: &str, protocols: &[&str]) -> Vec<String> {
    let section = manifest.split("\n[profile.release.package]\n").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    let checked = |name: &str| {
        let line = format!("{name}.overflow-checks = true");
        section.lines().any(|one| one.trim() == line)
    };
    let all = protocols.iter().copied().chain(["catalogue", "service"]);
    let missing = all.filter(|name| !checked(name));
    missing
        .map(|name| {
            format!(
                "Cargo.toml: `{name}.overflow-checks = true` is missing below \
                 `[profile.release.package]`: the two builds would differ where a counter overflows"
            )
        })
        .collect()
}
