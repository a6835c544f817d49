import type { Frame } from './frames';
import { frame, readText, WireFault } from './frames';
import type { StatementShape } from './sql-shape';
import { shapesOf } from './sql-shape';

/** A message of the extended protocol, ready for the shared session. */
export interface NamedMessage {
  readonly bytes: Buffer;
  /** On Execute: the shapes of what is run. */
  readonly runs: readonly StatementShape[];
}

/**
 * One connection's prepared statements and portals in the session all connections share: each name gets the
 * connection's prefix. The unnamed statement lives only until the connection gives the session back; used later it
 * is refused rather than taken for another connection's.
 */
export class StatementNames {
  private readonly statements = new Map<string, readonly StatementShape[]>();
  private readonly portals = new Map<string, readonly StatementShape[]>();
  private unnamedIsMine = false;

  constructor(private readonly prefix: string) {}

  /** The session's names of the statements this connection has prepared and not closed. */
  get prepared(): string[] {
    return [...this.statements.keys()].filter((name) => name !== '').map((name) => this.prefix + name);
  }

  /** The session was given back: others may use the unnamed statement, and every portal is gone. */
  sessionGivenBack(): void {
    this.unnamedIsMine = false;
    this.portals.clear();
  }

  /** All statements of this connection were closed in the session. */
  forgetPrepared(): void {
    this.statements.clear();
  }

  /** Rewrites Parse, Bind, Describe, Execute and Close. @throws WireFault when the message is malformed */
  rewrite({ type, bytes }: Frame): NamedMessage {
    switch (type) {
      case 'P':
        return this.parse(bytes);
      case 'B':
        return this.bind(bytes);
      case 'E':
        return this.execute(bytes);
      default:
        return this.describeOrClose(type, bytes);
    }
  }

  private statementName(name: string): string {
    if (name !== '') return this.prefix + name;
    return this.unnamedIsMine ? '' : `${this.prefix}(unnamed statement)`;
  }

  private portalName(name: string): string {
    return name === '' ? '' : this.prefix + name;
  }

  private parse(bytes: Buffer): NamedMessage {
    const { text: name, end } = readText(bytes, 5);
    const { text: sql } = readText(bytes, end);
    this.statements.set(name, shapesOf(sql));
    if (name === '') this.unnamedIsMine = true;
    return { bytes: frame('P', this.statementName(name), bytes.subarray(end)), runs: [] };
  }

  private bind(bytes: Buffer): NamedMessage {
    const portal = readText(bytes, 5);
    const statement = readText(bytes, portal.end);
    this.portals.set(portal.text, this.statements.get(statement.text) ?? []);
    return {
      bytes: frame(
        'B',
        this.portalName(portal.text),
        this.statementName(statement.text),
        bytes.subarray(statement.end),
      ),
      runs: [],
    };
  }

  private execute(bytes: Buffer): NamedMessage {
    const portal = readText(bytes, 5);
    return {
      bytes: frame('E', this.portalName(portal.text), bytes.subarray(portal.end)),
      runs: this.portals.get(portal.text) ?? [],
    };
  }

  private describeOrClose(type: string, bytes: Buffer): NamedMessage {
    const kind = String.fromCharCode(bytes[5] ?? 0);
    const { text: name } = readText(bytes, 6);
    if (kind !== 'S' && kind !== 'P') {
      throw new WireFault('08P01', `Describe or Close names neither a statement nor a portal: ${kind}`);
    }
    if (type === 'C') (kind === 'S' ? this.statements : this.portals).delete(name);
    const wired = kind === 'S' ? this.statementName(name) : this.portalName(name);
    return { bytes: frame(type, Buffer.from(kind), wired), runs: [] };
  }
}
