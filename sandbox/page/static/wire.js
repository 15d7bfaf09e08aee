// The one socket to the sandbox: what is seen comes down, what is done goes up.
const AGAIN = 1000; // milliseconds

export class Wire {
  constructor({ seen, linked }) {
    Object.assign(this, { seen, linked });
    this.waiting = new Map();
    this.count = 0;
    this.me = null;
    this.open();
  }

  open() {
    this.socket = new WebSocket(`ws://${location.host}/live`);
    this.socket.onopen = () => {
      this.linked(true);
      if (this.me) this.do("be", { who: this.me });
    };
    this.socket.onmessage = ({ data }) => this.hear(JSON.parse(data));
    this.socket.onclose = () => {
      this.linked(false);
      for (const done of this.waiting.values()) done({ problem: "The sandbox has stopped. Start it again with make sandbox." });
      this.waiting.clear();
      setTimeout(() => this.open(), AGAIN);
    };
  }

  hear(frame) {
    if (frame.seen) {
      this.me = frame.seen.me;
      this.seen(frame.seen);
    } else {
      this.waiting.get(frame.to)?.(frame);
      this.waiting.delete(frame.to);
    }
  }

  // What came of an action: {} when all is well, {problem} or {errors} otherwise.
  do(what, details = {}) {
    if (this.socket.readyState !== WebSocket.OPEN) return Promise.resolve({ problem: "Not connected to the sandbox yet." });
    const id = (this.count += 1);
    this.socket.send(JSON.stringify({ id, do: what, ...details }));
    return new Promise((done) => this.waiting.set(id, done));
  }
}
