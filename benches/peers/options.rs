//! The command line of the benchmark.

const HELP: &str = "\
cargo bench --bench failures -- [OPTIONS]    (or --bench bounds)

  --size SIZE      how much to generate: 50MB, 1GiB (default; also BENCH_SIZE)
  --pairs N        how many pairs of runs (default 5; also BENCH_PAIRS)
  --seed N         seed of the generator (default 1)
  --pattern REGEX  what rg counts (default 'failed with|Failed to connect')
  --rg PATH        ripgrep, where it is not on PATH
  --program PATH   another build of exchange-tls, to compare with an older one
  --instructions   no times: how many instructions the program needs for each byte (valgrind)
  --json           the figures as one JSON object on standard output
";

/// What to measure.
#[derive(Debug, Clone)]
pub struct Options {
    pub size: u64,
    pub pairs: usize,
    pub seed: u64,
    pub pattern: String,
    pub rg: String,
    pub program: Option<String>,
    pub json: bool,
    pub instructions: bool,
}

impl Options {
    /// From the arguments; `None` where there is nothing to do.
    pub fn from_arguments(
        arguments: impl Iterator<Item = String>,
    ) -> Result<Option<Options>, String> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let mut options = Options {
            size: size(&variable("BENCH_SIZE").unwrap_or_else(|| "1GiB".to_owned()))?,
            pairs: number(&variable("BENCH_PAIRS").unwrap_or_else(|| "5".to_owned()))?,
            seed: 1,
            // Short on purpose: rg 13 searches long alternations at a tenth of its speed.
            pattern: "failed with|Failed to connect".to_owned(),
            rg: variable("BENCH_RG").unwrap_or_else(|| "rg".to_owned()),
            program: None,
            json: false,
            instructions: false,
        };
        let mut wanted = false;
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let mut value =
                || arguments.next().ok_or_else(|| format!("{argument} takes a value\n\n{HELP}"));
            match argument.as_str() {
                "--bench" => wanted = true,
                "--json" => options.json = true,
                "--instructions" => options.instructions = true,
                "--size" => options.size = size(&value()?)?,
                "--pairs" => options.pairs = number(&value()?)?,
                "--seed" => options.seed = number(&value()?)?,
                "--pattern" => options.pattern = value()?,
                "--rg" => options.rg = value()?,
                "--program" => options.program = Some(value()?),
                "--help" | "-h" => {
                    print!("{HELP}");
                    return Ok(None);
                }
                _ => return Err(format!("{argument} is not known here\n\n{HELP}")),
            }
        }
        if options.pairs == 0 {
            return Err("--pairs must be at least 1".to_owned());
        }
        if options.size == 0 {
            return Err("--size must be more than 0".to_owned());
        }
        // `cargo test --all-targets` runs benchmarks too: then nothing is timed.
        if !wanted {
            println!("nothing is measured in a test run; use: cargo bench");
        }
        Ok(wanted.then_some(options))
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text} is not a number that can be used here"))
}

/// `1GiB`, `50 MB`, `4096`
fn size(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let unit: u64 = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        _ => return Err(format!("{text} is not a size; expected one like 50MB or 1GiB")),
    };
    let count: u64 = number(&text[..digits])?;
    count.checked_mul(unit).ok_or_else(|| format!("{text} is too much"))
}
