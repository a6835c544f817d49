import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';

/** Cost of argon2id: 19 MiB, two passes, one lane (OWASP's first recommendation). */
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };
const SALT_BYTES = 16;
const AT_ONCE = 2;

const FORM = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Hashes and checks passwords, two at a time at most: each one holds 19 MiB and a thread. */
export class Passwords {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private decoy: Promise<string> | null = null;

  /** @returns the hash in PHC form: `$argon2id$v=19$m=…,t=…,p=…$salt$tag` */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const tag = await this.derive(password, salt, COST);
    const { memory, passes, parallelism } = COST;
    return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${bare(salt)}$${bare(tag)}`;
  }

  /** @throws RangeError when the stored hash is not one of argon2id */
  async matches(hash: string, password: string): Promise<boolean> {
    const [, memory, passes, parallelism, salt, tag] = FORM.exec(hash) ?? [];
    if (!salt || !tag) throw new RangeError('stored password: expected argon2id in PHC form');
    const expected = Buffer.from(tag, 'base64');
    const given = await this.derive(password, Buffer.from(salt, 'base64'), {
      memory: Number(memory),
      passes: Number(passes),
      parallelism: Number(parallelism),
      tagLength: expected.length,
    });
    return timingSafeEqual(expected, given);
  }

  /** Takes as long as `matches` does and never does match: an unknown user must not answer faster than a known one. */
  async matchNobody(password: string): Promise<false> {
    this.decoy ??= this.hash(randomBytes(SALT_BYTES).toString('hex'));
    await this.matches(await this.decoy, password);
    return false;
  }

  private async derive(password: string, nonce: Buffer, cost: typeof COST): Promise<Buffer> {
    await this.enter();
    try {
      return await new Promise<Buffer>((resolve, reject) =>
        // NFKC: the same password typed on two keyboards must be the same bytes.
        argon2('argon2id', { message: password.normalize('NFKC'), nonce, ...cost }, (error, tag) =>
          error ? reject(error) : resolve(tag),
        ),
      );
    } finally {
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (this.running >= AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running -= 1;
  }
}

const bare = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
