/** How a process of this library lives under the launcher. */
export interface ServedPart {
  readonly port: number;
  close(): Promise<void>;
}

const failWith = (name: string, error: unknown): never => {
  process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
};

/**
 * Runs a part as a process: prints `{"ready":true,"port":…}` on stdout when it serves, stops in order on SIGTERM or
 * when stdin closes (the launcher is gone), ignores SIGINT, since Ctrl-C reaches the whole group and the launcher
 * decides the order.
 *
 * @param start starts the part
 * @param orphaned awaited before stopping when the launcher is gone, for whoever still needs the part
 */
export async function runAsChild<T extends ServedPart>(
  name: string,
  start: () => Promise<T>,
  orphaned: (part: T) => Promise<void> = () => Promise.resolve(),
): Promise<T> {
  process.on('SIGINT', () => undefined);
  const part = await start().catch((error: unknown) => failWith(name, error));
  const stop = (): void => {
    part.close().then(
      () => process.exit(0),
      (error: unknown) => failWith(name, error),
    );
  };
  process.on('SIGTERM', stop);
  process.stdin.on('close', () => {
    orphaned(part).then(stop, (error: unknown) => failWith(name, error));
  });
  process.stdin.resume();
  process.stdout.write(`${JSON.stringify({ ready: true, port: part.port })}\n`);
  return part;
}
