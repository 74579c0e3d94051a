//! The file, as far as the sandbox lets the store see it.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::time::SystemTime;

use crate::bindings::dapr::components::types::{Code, Error};
use crate::error;

/// How long a file may be. All its secrets in one answer have to fit into the 4 MiB that a message can have.
const LONGEST: u64 = 3 * 1024 * 1024;

/// What tells one version of the file from another. A file put in its place may well be the older one.
#[derive(Clone, Copy, PartialEq)]
pub struct Stamp {
    modified: SystemTime,
    length: u64,
}

impl Stamp {
    fn new(metadata: &fs::Metadata) -> io::Result<Self> {
        Ok(Self {
            modified: metadata.modified()?,
            length: metadata.len(),
        })
    }
}

/// The version of the file that is there now.
pub fn stamp(path: &Path) -> Result<Stamp, Error> {
    fs::metadata(path)
        .and_then(|metadata| Stamp::new(&metadata))
        .map_err(|failure| failed(path, &failure))
}

/// The file's text, and the version that it was.
pub fn read(path: &Path) -> Result<(String, Stamp), Error> {
    let read = || {
        let file = File::open(path)?;
        // Asked first: where the file changes while it is read, the next call finds another stamp.
        let stamp = Stamp::new(&file.metadata()?)?;
        let mut bytes = Vec::new();
        file.take(LONGEST + 1).read_to_end(&mut bytes)?;
        Ok((bytes, stamp))
    };
    let (bytes, stamp) = read().map_err(|failure| failed(path, &failure))?;
    if bytes.len() as u64 > LONGEST {
        let path = path.display();
        return Err(error(
            Code::ResourceExhausted,
            format!("{path} is longer than {LONGEST} bytes"),
        ));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok((text, stamp)),
        Err(_) => Err(broken(path, "is not UTF-8")),
    }
}

/// A file that has to be mended before the store can work.
pub fn broken(path: &Path, how: &str) -> Error {
    let path = path.display();
    error(Code::FailedPrecondition, format!("{path} {how}"))
}

fn failed(path: &Path, failure: &io::Error) -> Error {
    if !is_granted(path) {
        // A path without a beginning begins at the guest's root.
        let folder = Path::new("/").join(path.parent().unwrap_or(path));
        let folder = folder.display();
        let path = path.display();
        return error(
            Code::PermissionDenied,
            format!(
                "the sandbox does not let this component see {path}: grant its folder with `--dir HOST::{folder}`, where HOST is the folder outside"
            ),
        );
    }
    let code = match failure.kind() {
        ErrorKind::PermissionDenied => Code::PermissionDenied,
        _ => Code::FailedPrecondition,
    };
    let path = path.display();
    error(code, format!("{path} cannot be read: {failure}"))
}

/// Whether a path, or a folder that it stands in, is there: nothing is where nothing is granted.
fn is_granted(path: &Path) -> bool {
    path.ancestors()
        .any(|ancestor| fs::metadata(ancestor).is_ok())
}
