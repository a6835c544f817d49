// The launcher is plain JavaScript, so that it runs before anything is built; these are the parts its tests use.
declare module '*/mutation/rooms.mjs' {
  export function roomOf(root: string, room: string): { project: string; mutate: string[]; specs: string[] };
}
declare module '*/launcher/settings.mjs' {
  export function readSettings(env: Readonly<Record<string, string>>): {
    settings: Record<string, unknown>;
    faults: string[];
  };
  export function describeSettings(settings: Record<string, unknown>): string[];
}
declare module '*/launcher/ports.mjs' {
  export function choosePorts(data: string): Promise<Record<string, number>>;
}
declare module '*/launcher/supervised.mjs' {
  export class Supervised {
    constructor(part: object, logs: string, changed: () => void);
    state: string;
    pid: number | undefined;
    restarts: number;
    tail: string[];
    start(): void;
    well(deadlineMs: number): Promise<boolean>;
    stop(): Promise<void>;
  }
}
