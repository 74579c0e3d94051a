//! `get` works on files by WASI's own functions, past what a standard library checks before, in the folder that was granted first.
//!
//! | key | what happens |
//! |---|---|
//! | `read PATH`, `read-link PATH`, `list PATH` | answers what is there |
//! | `write PATH` | creates a file, or writes over it |
//! | `remove PATH`, `remove-folder PATH`, `make-folder PATH`, `stat PATH`, `touch PATH` | does that |
//! | `link FROM TO`, `symlink TARGET AT`, `rename FROM TO` | does that |
//!
//! Links on the way are followed. What fails is answered as `error: ` and WASI's name of the error.

use wasi::filesystem::preopens::get_directories;
use wasi::filesystem::types::{
    Descriptor, DescriptorFlags, ErrorCode, NewTimestamp, OpenFlags, PathFlags,
};

use crate::attack::{Attack, item};
use crate::bindings::dapr::components::state_types::{Item, StateError};

pub struct Outside;

impl Attack for Outside {
    fn get(&mut self, key: &str) -> Result<Option<Item>, StateError> {
        let folders = get_directories();
        let answer = match folders.first() {
            Some((folder, _)) => perform(folder, key),
            None => Err(ErrorCode::BadDescriptor),
        };
        let answer = answer.unwrap_or_else(|code| format!("error: {}", code.name()));
        Ok(Some(item(answer)))
    }
}

fn perform(folder: &Descriptor, key: &str) -> Result<String, ErrorCode> {
    let follow = PathFlags::SYMLINK_FOLLOW;
    let mut words = key.split(' ');
    let verb = words.next().unwrap_or_default();
    let path = words.next().unwrap_or_default();
    let other = words.next().unwrap_or_default();
    match verb {
        "read" => {
            let file = folder.open_at(follow, path, OpenFlags::empty(), DescriptorFlags::READ)?;
            let (data, _) = file.read(1000, 0)?;
            return Ok(String::from_utf8_lossy(&data).into_owned());
        }
        "list" => {
            let flags = DescriptorFlags::READ;
            let found = folder.open_at(follow, path, OpenFlags::DIRECTORY, flags)?;
            let entries = found.read_directory()?;
            let mut names = Vec::new();
            while let Some(entry) = entries.read_directory_entry()? {
                names.push(entry.name);
            }
            return Ok(names.join(" "));
        }
        "read-link" => return folder.readlink_at(path),
        "write" => {
            let (create, flags) = (OpenFlags::CREATE, DescriptorFlags::WRITE);
            let file = folder.open_at(follow, path, create, flags)?;
            file.write(b"written by the guest", 0)?;
        }
        "remove" => folder.unlink_file_at(path)?,
        "remove-folder" => folder.remove_directory_at(path)?,
        "make-folder" => folder.create_directory_at(path)?,
        "stat" => _ = folder.stat_at(follow, path)?,
        "touch" => folder.set_times_at(follow, path, NewTimestamp::Now, NewTimestamp::Now)?,
        "link" => folder.link_at(PathFlags::empty(), path, folder, other)?,
        "symlink" => folder.symlink_at(path, other)?,
        "rename" => folder.rename_at(path, folder, other)?,
        _ => return Err(ErrorCode::Unsupported),
    }
    Ok("done".to_owned())
}
