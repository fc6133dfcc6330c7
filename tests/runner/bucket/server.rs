//! A server of one bucket for the tests, which keeps what is put, knows what was asked, and does wrong on request.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What a server answers instead of what it should.
pub enum Wrong {
    Status(&'static str),
    /// Says how long the object is, and stops in the middle.
    Cut,
    Bytes(Vec<u8>),
}

type Mood = Box<dyn Fn(&str, &str) -> Option<Wrong> + Send>;

/// Listens until the test ends.
pub struct Server {
    pub address: String,
    state: Arc<State>,
}

struct State {
    objects: Mutex<BTreeMap<String, Vec<u8>>>,
    asked: Mutex<Vec<String>>,
    mood: Mutex<Mood>,
}

impl Server {
    pub fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let mood: Mood = Box::new(|_, _| None);
        let state = Arc::new(State { objects: Mutex::default(), asked: Mutex::default(), mood: Mutex::new(mood) });
        let serving = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let state = Arc::clone(&serving);
                std::thread::spawn(move || state.answer(stream.unwrap()));
            }
        });
        Server { address, state }
    }

    /// What was asked since this was called last: method and path.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state.asked.lock().unwrap())
    }

    /// Makes the server answer some requests otherwise, by method and path.
    pub fn does(&self, mood: impl Fn(&str, &str) -> Option<Wrong> + Send + 'static) {
        *self.state.mood.lock().unwrap() = Box::new(mood);
    }

    pub fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        self.state.objects.lock().unwrap().clone()
    }

    /// Changes what is kept.
    pub fn change(&self, change: impl Fn(&mut BTreeMap<String, Vec<u8>>)) {
        change(&mut self.state.objects.lock().unwrap());
    }
}

impl State {
    fn answer(&self, stream: TcpStream) {
        let mut reader = BufReader::new(&stream);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            match reader.read_line(&mut line) {
                Ok(n) if n > 2 => lines.push(line.trim().to_owned()),
                _ => break,
            }
        }
        let Some((method, rest)) = lines.first().and_then(|line| line.split_once(' ')) else { return };
        let path = rest.split(' ').next().unwrap();
        let header = |name: &str| {
            let named = lines.iter().filter_map(|line| line.split_once(": "));
            named.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).next()
        };
        let mut body = vec![0; header("content-length").map_or(0, |length| length.parse().unwrap())];
        reader.read_exact(&mut body).unwrap();
        self.asked.lock().unwrap().push(format!("{method} {path}"));
        let wrong = (self.mood.lock().unwrap())(method, path);
        let (status, bytes, cut) = match wrong {
            Some(Wrong::Status(status)) => (status, Vec::new(), false),
            Some(Wrong::Bytes(bytes)) => ("200 OK", bytes, false),
            wrong => {
                let (status, bytes) = self.done(method, path, body, header("if-none-match").is_some());
                (status, bytes, wrong.is_some())
            }
        };
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\nETag: \"1\"\r\nLast-Modified: Wed, 01 Jan 2025 00:00:00 GMT\r\nConnection: close\r\n\r\n",
            bytes.len()
        );
        let sent = if cut { &bytes[..bytes.len() / 2] } else { &bytes };
        let _ = (&stream).write_all(head.as_bytes()).and_then(|()| (&stream).write_all(sent));
    }

    fn done(&self, method: &str, path: &str, body: Vec<u8>, only_new: bool) -> (&'static str, Vec<u8>) {
        let mut objects = self.objects.lock().unwrap();
        match (method, objects.get(path)) {
            ("GET", Some(bytes)) => ("200 OK", bytes.clone()),
            ("GET", None) => ("404 Not Found", b"<Error><Code>NoSuchKey</Code></Error>".to_vec()),
            ("PUT", Some(_)) if only_new => ("412 Precondition Failed", Vec::new()),
            ("PUT", _) => {
                objects.insert(path.to_owned(), body);
                ("200 OK", Vec::new())
            }
            _ => ("501 Not Implemented", Vec::new()),
        }
    }
}
