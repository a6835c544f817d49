/** Something that will happen; cancelling it when it has happened does nothing. */
export interface Planned {
  readonly at: number;
  readonly order: number;
  run: (() => void) | null;
}

/** What will happen, by time and, at one time, in the order in which it was planned. A binary heap. */
export class EventQueue {
  private readonly heap: Planned[] = [];
  private planned = 0;

  push(at: number, run: () => void): Planned {
    const event: Planned = { at, order: this.planned++, run };
    const { heap } = this;
    let place = heap.push(event) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isBefore(event, heap[parent] as Planned)) break;
      heap[place] = heap[parent] as Planned;
      place = parent;
    }
    heap[place] = event;
    return event;
  }

  /** The next event that was not cancelled, when it is due by `until`. */
  take(until: number): Planned | null {
    for (;;) {
      const next = this.heap[0];
      if (next === undefined || (next.run !== null && next.at > until)) return null;
      this.removeFirst();
      if (next.run !== null) return next;
    }
  }

  private removeFirst(): void {
    const { heap } = this;
    const last = heap.pop() as Planned;
    if (heap.length === 0) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Planned, heap[child] as Planned)) child += 1;
      if (!isBefore(heap[child] as Planned, last)) break;
      heap[place] = heap[child] as Planned;
      place = child;
    }
    heap[place] = last;
  }
}

const isBefore = (a: Planned, b: Planned): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
