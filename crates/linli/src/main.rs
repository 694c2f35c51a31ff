//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use linli::config::Config;
use linli::{bench, check, demo, import, serve};

/// Of what a busy server does, a tenth was looking for free memory; and what it lets go of goes back to the system.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 邻里: one program that a city district runs so that its front line works as one.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the sample district and serve it on this machine.
    Demo {
        /// Where it lies; made if it is not there.
        #[arg(long, default_value = "linli-data")]
        data: PathBuf,
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: std::net::SocketAddr,
        /// How many residents, up to 1,819,037.
        #[arg(long, default_value_t = 20_000)]
        residents: u64,
    },
    /// Serve a district.
    Serve {
        /// The configuration file.
        #[arg(long, default_value = "linli.toml")]
        config: PathBuf,
    },
    /// Prove the status columns, the log's chain, or a checkpoint that was kept outside.
    Check {
        #[arg(long, default_value = "linli.toml")]
        config: PathBuf,
        #[command(subcommand)]
        what: Option<CheckWhat>,
    },
    /// Take residents from a file (CSV, XLSX): every bad row is told with line, column and reason.
    Import {
        #[arg(long, default_value = "linli.toml")]
        config: PathBuf,
        #[command(subcommand)]
        what: ImportWhat,
    },
    /// Copy the database while it is being served.
    Backup {
        #[arg(long, default_value = "linli.toml")]
        config: PathBuf,
        /// The copy; must not exist.
        to: PathBuf,
    },
    /// Put a copy in the place of the database; the server must be stopped.
    Restore {
        #[arg(long, default_value = "linli.toml")]
        config: PathBuf,
        from: PathBuf,
        /// Replace a database that is there.
        #[arg(long)]
        replace: bool,
    },
    /// Measure this program on this machine; a district is made for it and kept.
    Bench(bench::Settings),
    /// The other side of a comparison in `bench`.
    #[command(hide = true)]
    BenchPeer { file: PathBuf },
    /// Show the configuration with every default filled in, or check it.
    Config {
        #[arg(long, default_value = "linli.toml")]
        config: PathBuf,
    },
}

#[derive(Subcommand)]
enum ImportWhat {
    /// Divisions, or buildings and units; the header tells which. The same file twice changes nothing.
    Places {
        file: PathBuf,
        /// Take the good rows although others are bad.
        #[arg(long)]
        partial: bool,
    },
    /// Residents. The same file twice changes nothing.
    People {
        file: PathBuf,
        /// Take the good rows although others are bad.
        #[arg(long)]
        partial: bool,
    },
}

#[derive(Subcommand)]
enum CheckWhat {
    /// The chain over the log.
    Log {
        /// A checkpoint file that was kept outside.
        #[arg(long)]
        against: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("LINLI_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")),
        )
        .with_writer(std::io::stderr)
        .init();
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(e) => {
            eprintln!("linli: {e:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    // ring, not aws-lc: building needs Rust and a C compiler alone.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match cli.command {
            Command::Demo { data, listen, residents } => {
                demo::run(&data, listen, residents.min(linli_sample::CENSUS)).await?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Serve { config } => {
                serve::serve(Config::read(&config)?).await?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Check { config, what } => {
                let house = serve::open(&Config::read(&config)?).await?;
                let sound = match what {
                    None => check::states(&house).await?,
                    Some(CheckWhat::Log { against }) => {
                        let kept = against
                            .map(|p| std::fs::read_to_string(&p).with_context(|| p.display().to_string()))
                            .transpose()?;
                        check::log(&house, kept.as_deref()).await?
                    }
                };
                Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
            }
            Command::Import { config, what } => {
                let house = serve::open(&Config::read(&config)?).await?;
                let read =
                    |file: &std::path::Path| std::fs::read(file).with_context(|| file.display().to_string());
                let sound = match what {
                    ImportWhat::Places { file, partial } => {
                        let name =
                            file.file_name().map_or(String::new(), |n| n.to_string_lossy().into_owned());
                        import::places(&house, &name, read(&file)?, partial).await?
                    }
                    ImportWhat::People { file, partial } => {
                        import::people(&house, read(&file)?, partial).await?
                    }
                };
                house.db().close().await;
                Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
            }
            Command::Backup { config, to } => {
                let config = Config::read(&config)?;
                serve::backup(&config, &to).await?;
                println!("copied to {}", to.display());
                println!(
                    "The key {} is not in it: keep it apart, and safe. Without it nothing sealed opens.",
                    config.key().display()
                );
                Ok(ExitCode::SUCCESS)
            }
            Command::Restore { config, from, replace } => {
                serve::restore(&Config::read(&config)?, &from, replace)?;
                println!(
                    "restored; start the server, then run `linli check log` against a checkpoint kept outside"
                );
                Ok(ExitCode::SUCCESS)
            }
            Command::Bench(settings) => {
                bench::run(settings).await?;
                Ok(ExitCode::SUCCESS)
            }
            Command::BenchPeer { file } => {
                bench::bare::serve(&file).await?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Config { config } => {
                println!("{}", toml::to_string_pretty(&Config::read(&config)?)?);
                Ok(ExitCode::SUCCESS)
            }
        }
    })
}
