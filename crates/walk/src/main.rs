//! The command line of the engine.
#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "the same dense arrays as in the library"
)]

mod cli;

fn main() -> std::process::ExitCode {
    match cli::run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        // a reader such as `head` may close the pipe: that is its right
        Err(walk::Error::Io(e)) if e.kind() == std::io::ErrorKind::BrokenPipe => {
            std::process::ExitCode::SUCCESS
        }
        Err(e) => {
            eprintln!("walk: {e}");
            std::process::ExitCode::FAILURE
        }
    }
}
