//! The file that keeps keys: one a line, the current one first.

use std::io::Write;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::VaultError;
use super::key::Key;

/// The file beside a store that keeps its encryption key, and, while the key is
/// being replaced, the one before it.
pub(super) struct KeyFile(PathBuf);

impl KeyFile {
    pub(super) const fn at(path: PathBuf) -> Self {
        Self(path)
    }

    pub(super) fn name(&self) -> String {
        self.0.display().to_string()
    }

    fn failed(&self, error: std::io::Error) -> VaultError {
        VaultError::File { path: self.name(), error }
    }

    /// The keys in it; nothing when there is no such file.
    pub(super) fn read(&self) -> Result<Option<Vec<Key>>, VaultError> {
        let text = match std::fs::read_to_string(&self.0) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed(error)),
        };
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let keys: Vec<Key> =
            lines.map(|line| Key::from_hex(line, &self.name())).collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(VaultError::MalformedKey(self.name())) } else { Ok(Some(keys)) }
    }

    /// Replaces them all. When this returns they survive a loss of power.
    pub(super) fn write<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k Key>,
    ) -> Result<(), VaultError> {
        let mut text = Zeroizing::new(String::new());
        for key in keys {
            text.push_str(&key.hex());
            text.push('\n');
        }
        write_private(&self.0, &text).map_err(|error| self.failed(error))
    }
}

/// Writes a file that only its owner can read, whole or not at all.
pub fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let draft = path.with_extension("draft");
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    // The name itself must survive a power loss, too.
    match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => std::fs::File::open(parent)?.sync_all(),
        None => std::fs::File::open(".")?.sync_all(),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn keys_are_kept_in_their_order_and_for_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("encryption.key");
        let file = KeyFile::at(path.clone());
        assert!(file.read().unwrap().is_none());
        let keys = [Key::generate().unwrap(), Key::generate().unwrap()];
        file.write(&keys).unwrap();
        let names = |keys: &[Key]| keys.iter().map(|key| key.name).collect::<Vec<_>>();
        assert_eq!(names(&file.read().unwrap().unwrap()), names(&keys));
        file.write(&keys[..1]).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{}\n", *keys[0].hex()));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let beside: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(beside.len(), 1, "no draft is left: {beside:?}");
        for bad in ["", "\n", "abc\n", &format!("{}\nabc\n", *keys[0].hex())] {
            std::fs::write(&path, bad).unwrap();
            assert!(matches!(file.read(), Err(VaultError::MalformedKey(_))), "{bad:?}");
        }
    }
}
