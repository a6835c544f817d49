import { EngineFailure } from './engine';
import type { Engine } from './engine';
import type { Turnstile } from './wire/turnstile';

export interface CheckpointRule {
  /** How often the log is looked at, in milliseconds. */
  readonly checkpointLookMs: number;
  /** How much write-ahead log may gather, in bytes: it is what must be replayed after a crash. */
  readonly checkpointLogBytes: number;
}

/**
 * Writes checkpoints, since the engine has no background process for them and its own bound (max_wal_size, 1 GiB, not
 * to be changed here) would mean ten seconds and more of replay after a crash.
 * @returns how to end it
 */
export function keepCheckpoints(engine: Engine, turnstile: Turnstile, rule: CheckpointRule): () => void {
  let last: string | undefined;
  const checkpoint = async (): Promise<void> => {
    await turnstile.enter();
    try {
      last ??= await engine.value('SELECT redo_lsn FROM pg_control_checkpoint()');
      const gathered = Number(await engine.value(`SELECT pg_current_wal_lsn() - '${last}'::pg_lsn`));
      if (gathered < rule.checkpointLogBytes) return;
      await engine.command('CHECKPOINT');
      last = await engine.value('SELECT pg_current_wal_lsn()');
    } catch (error) {
      // The engine has told of its end itself.
      if (!(error instanceof EngineFailure)) throw error;
    } finally {
      turnstile.leave();
    }
  };
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(checkpoint);
  }, rule.checkpointLookMs);
  timer.unref();
  return () => clearInterval(timer);
}
