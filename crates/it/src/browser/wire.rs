//! The DevTools protocol: JSON over a WebSocket. Calls wait for their answer; what the browser tells meanwhile is kept.

use std::collections::VecDeque;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::{Error, Message, WebSocket, client};

/// How long one read of the socket waits. Waiting for a condition is reading, so nothing here sleeps.
const READ: Duration = Duration::from_millis(20);
/// After this a call that was not answered is a failed test.
const DEADLINE: Duration = Duration::from_secs(30);

/// One connection to the browser or to a tab.
pub(super) struct Wire {
    socket: WebSocket<TcpStream>,
    next: u64,
    told: VecDeque<Value>,
}

impl Wire {
    /// Connects to `127.0.0.1:port` at a path such as `/devtools/page/ID`.
    pub(super) fn open(port: u16, path: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("the browser listens");
        stream.set_nodelay(true).expect("a socket option");
        let (socket, _) =
            client(format!("ws://127.0.0.1:{port}{path}"), stream).expect("the browser shakes hands");
        socket.get_ref().set_read_timeout(Some(READ)).expect("a socket option");
        Self { socket, next: 0, told: VecDeque::new() }
    }

    /// Calls a method. `Err` holds the browser's words, for a page that went away meanwhile.
    pub(super) fn try_call(&mut self, method: &str, parameters: &Value) -> Result<Value, String> {
        self.next += 1;
        let id = self.next;
        let text = json!({ "id": id, "method": method, "params": parameters }).to_string();
        self.socket.send(Message::text(text)).map_err(|e| format!("{method}: {e}"))?;
        let until = Instant::now() + DEADLINE;
        while Instant::now() < until {
            let Some(mut message) = self.read()? else { continue };
            if message["id"] == id {
                return match message["error"]["message"].as_str() {
                    Some(words) => Err(format!("{method}: {words}")),
                    None => Ok(message["result"].take()),
                };
            }
            if message["method"].is_string() {
                self.told.push_back(message);
            }
        }
        Err(format!("{method}: no answer in {DEADLINE:?}"))
    }

    /// As [`Wire::try_call`], for what must succeed.
    pub(super) fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.try_call(method, parameters).unwrap_or_else(|e| panic!("{e}"))
    }

    /// What the browser told since the last time; waits a moment for more if there is nothing.
    pub(super) fn told(&mut self) -> Vec<Value> {
        if self.told.is_empty()
            && let Ok(Some(message)) = self.read()
            && message["method"].is_string()
        {
            self.told.push_back(message);
        }
        self.told.drain(..).collect()
    }

    /// One message, or `None` if none came in time.
    fn read(&mut self) -> Result<Option<Value>, String> {
        match self.socket.read() {
            Ok(Message::Text(text)) => {
                Ok(Some(serde_json::from_str(text.as_str()).map_err(|e| e.to_string())?))
            }
            Ok(_) => Ok(None),
            Err(Error::Io(e))
                if matches!(e.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) =>
            {
                Ok(None)
            }
            Err(e) => Err(format!("the browser is gone: {e}")),
        }
    }
}
