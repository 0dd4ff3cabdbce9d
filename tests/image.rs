//! The library and the program as Windows sees them: what they load, how they
//! are protected, which version they say they are.
#![cfg(windows)]

use std::fs;
use std::path::{Path, PathBuf};

use object::pe;
use object::read::pe::{ImageOptionalHeader, PeFile64, ResourceDirectoryEntryData};

#[path = "support/library.rs"]
mod library;

/// What every Windows since Server 2008 R2 has. Nothing else may be needed:
/// a server has no runtime of a compiler, and nobody installs one.
const SYSTEM: [&str; 8] = [
    "advapi32.dll",
    "bcrypt.dll",
    "dbghelp.dll",
    "kernel32.dll",
    "msvcrt.dll",
    "ntdll.dll",
    "userenv.dll",
    "ws2_32.dll",
];

/// What the Windows 10 that Microsoft's target asks for has besides.
const NEWER: [&str; 2] = ["api-ms-win-core-synch-l1-2-0.dll", "bcryptprimitives.dll"];

/// The library, and the program: beside it, or where cargo put it.
fn images() -> Vec<(PathBuf, Vec<u8>)> {
    let library = library::library();
    let beside = library.with_file_name("exchange-tls.exe");
    let program = if beside.exists() {
        beside
    } else {
        Path::new(env!("CARGO_BIN_EXE_exchange-tls")).to_path_buf()
    };
    let read = |path: PathBuf| {
        let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path, bytes)
    };
    vec![read(library), read(program)]
}

#[test]
fn they_load_nothing_but_parts_of_windows() {
    for (path, bytes) in images() {
        let image = PeFile64::parse(&*bytes).expect("an image");
        let table = image.import_table().unwrap().expect("an import table");
        let mut descriptors = table.descriptors().unwrap();
        let mut count = 0;
        while let Some(descriptor) = descriptors.next().unwrap() {
            let name = table.name(descriptor.name.get(object::LittleEndian)).unwrap();
            let name = String::from_utf8_lossy(name).to_lowercase();
            let known =
                SYSTEM.contains(&&*name) || cfg!(target_env = "msvc") && NEWER.contains(&&*name);
            assert!(known, "{} loads {name}", path.display());
            count += 1;
        }
        assert!(count >= 2, "{}: {count} imports", path.display());
    }
}

#[test]
fn their_data_are_not_run_and_their_place_cannot_be_guessed() {
    let wanted = pe::IMAGE_DLLCHARACTERISTICS_NX_COMPAT
        | pe::IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE
        | pe::IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA;
    for (path, bytes) in images() {
        let image = PeFile64::parse(&*bytes).expect("an image");
        let has = image.nt_headers().optional_header.dll_characteristics();
        assert_eq!(has & wanted, wanted, "{}: {has:#x}", path.display());
        // Without it the other two are words: an image that cannot be moved is not.
        let relocated = image.data_directory(pe::IMAGE_DIRECTORY_ENTRY_BASERELOC);
        assert!(
            relocated.is_some_and(|found| found.size.get(object::LittleEndian) > 0),
            "{} cannot be moved",
            path.display()
        );
        // No code that can be written, no data that can be run.
        for section in image.section_table().iter() {
            let flags = section.characteristics.get(object::LittleEndian);
            let both = pe::IMAGE_SCN_MEM_EXECUTE | pe::IMAGE_SCN_MEM_WRITE;
            assert_ne!(flags & both, both, "{}", path.display());
        }
    }
}

#[test]
fn they_say_their_version() {
    if option_env!("EXCHANGE_TLS_VERSION_RESOURCE").is_none() {
        assert!(!cfg!(target_env = "gnu"), "MinGW has a windres, yet it was not found");
        return;
    }
    let version = env!("CARGO_PKG_VERSION");
    for (path, bytes) in images() {
        let resource = version_resource(&bytes)
            .unwrap_or_else(|| panic!("{} has no version resource", path.display()));
        let texts: Vec<u16> =
            resource.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        let texts = String::from_utf16_lossy(&texts);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for text in ["FileVersion", "ProductVersion", version, "ExchangeTls", &*name] {
            assert!(texts.contains(text), "{}: {text} is missing", path.display());
        }
        // The same as numbers, behind the mark of the fixed part.
        let mark = 0xFEEF_04BD_u32.to_le_bytes();
        let at = resource.windows(4).position(|bytes| bytes == mark).expect("the fixed part");
        let word = |place: usize| {
            let at = at + place * 2;
            u16::from_le_bytes([resource[at], resource[at + 1]])
        };
        let numbers = format!("{}.{}.{}", word(5), word(4), word(7));
        assert_eq!(numbers, version.split(['-', '+']).next().unwrap(), "{}", path.display());
    }
}

/// The only entry of type 16, whatever its name and language.
fn version_resource(bytes: &[u8]) -> Option<Vec<u8>> {
    let image = PeFile64::parse(bytes).ok()?;
    let sections = image.section_table();
    let directory = image.data_directories().resource_directory(bytes, &sections).ok()??;
    let root = directory.root().ok()?;
    let mut entry = root
        .entries
        .iter()
        .find(|entry| entry.name_or_id.get(object::LittleEndian) == u32::from(pe::RT_VERSION))?;
    loop {
        match entry.data(directory).ok()? {
            ResourceDirectoryEntryData::Table(table) => entry = table.entries.first()?,
            ResourceDirectoryEntryData::Data(data) => {
                let place = data.offset_to_data.get(object::LittleEndian);
                let size = usize::try_from(data.size.get(object::LittleEndian)).ok()?;
                return sections.pe_data_at(bytes, place)?.get(..size).map(<[u8]>::to_vec);
            }
        }
    }
}
