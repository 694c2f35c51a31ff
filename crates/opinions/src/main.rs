//! The command line of the engine.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    reason = "times in milliseconds and the same dense arrays as in the library"
)]

mod cli;

fn main() -> std::process::ExitCode {
    match cli::run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        // a reader such as `head` may close the pipe: that is its right
        Err(opinions::Error::Io(e)) if e.kind() == std::io::ErrorKind::BrokenPipe => {
            std::process::ExitCode::SUCCESS
        }
        Err(e) => {
            eprintln!("opinions: {e}");
            std::process::ExitCode::FAILURE
        }
    }
}
