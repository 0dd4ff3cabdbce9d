//! The version that Windows shows of the library and the program, and that
//! inventories ask for. It is made by windres (of MinGW or LLVM; `WINDRES` names
//! another one). Where there is none, what is built just lacks it.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=WINDRES");
    if variable("CARGO_CFG_TARGET_OS") != "windows" {
        return;
    }
    for (kind, file, words) in [
        ("cdylib", "exchange_tls.dll", "Why Exchange mail fails: library"),
        ("bins", "exchange-tls.exe", "Why Exchange mail fails: program"),
    ] {
        match compile(file, words) {
            // Tests hold the files to it where it could be made.
            Some(object) => println!(
                "cargo:rustc-link-arg-{kind}={object}\ncargo:rustc-env=EXCHANGE_TLS_VERSION_RESOURCE=1"
            ),
            None => println!("cargo:warning={file} gets no version resource: there is no windres"),
        }
    }
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

/// The resource of one file, as the linker takes it.
fn compile(file: &str, words: &str) -> Option<String> {
    let script = Path::new(&variable("OUT_DIR")).join(file).with_extension("rc");
    fs::write(&script, source(file, words)).ok()?;
    let given = variable("WINDRES");
    let tools = ["x86_64-w64-mingw32-windres", "llvm-windres", "windres"];
    let gnu = variable("CARGO_CFG_TARGET_ENV") == "gnu";
    // What MinGW links are object files; Microsoft's linker takes resources as they are.
    let (format, ending) = if gnu { ("coff", "o") } else { ("res", "res") };
    let object = script.with_extension(ending);
    let made = |tool: &&str| {
        let mut command = Command::new(tool);
        command.args(["-O", format, "-i"]).arg(&script).arg("-o").arg(&object);
        command.status().is_ok_and(|status| status.success())
    };
    let tools = if given.is_empty() { &tools[..] } else { &[given.as_str()][..] };
    tools.iter().find(|tool| made(tool))?;
    object.to_str().map(str::to_owned)
}

/// Language 0409 is American English, code page 04B0 is UTF-16.
fn source(file: &str, words: &str) -> String {
    let version = variable("CARGO_PKG_VERSION");
    let part = |name: &str| variable(&format!("CARGO_PKG_VERSION_{name}"));
    let numbers = format!("{},{},{},0", part("MAJOR"), part("MINOR"), part("PATCH"));
    let (name, _) = file.split_once('.').unwrap_or((file, ""));
    format!(
        r#"1 VERSIONINFO
FILEVERSION {numbers}
PRODUCTVERSION {numbers}
FILEOS 0x40004
FILETYPE {kind}
BEGIN
  BLOCK "StringFileInfo"
  BEGIN
    BLOCK "040904B0"
    BEGIN
      VALUE "CompanyName", "The ExchangeTls authors"
      VALUE "FileDescription", "{words}"
      VALUE "FileVersion", "{version}"
      VALUE "InternalName", "{name}"
      VALUE "LegalCopyright", "(c) The ExchangeTls authors. MIT license."
      VALUE "OriginalFilename", "{file}"
      VALUE "ProductName", "ExchangeTls"
      VALUE "ProductVersion", "{version}"
    END
  END
  BLOCK "VarFileInfo"
  BEGIN
    VALUE "Translation", 0x409, 1200
  END
END
"#,
        kind = if file.ends_with(".dll") { 2 } else { 1 }
    )
}
