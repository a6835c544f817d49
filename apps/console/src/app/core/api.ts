import { Injectable, inject } from '@angular/core';
import { Problem } from '@linepack/contracts';
import { Words } from '@linepack/console-ui';
import { Subject } from 'rxjs';
import type { ZodType, output } from 'zod';

/** An answer that was not the one asked for: the problem document, or no answer at all (`status` 0). */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly correlationId: string | null,
  ) {
    super(`${status} ${code}: ${detail}`);
  }
}

type Query = Record<string, string | number | undefined>;

function address(path: string, query: Query): string {
  const given = Object.entries(query).filter((e): e is [string, string | number] => e[1] !== undefined);
  const text = new URLSearchParams(given.map(([k, v]) => [k, String(v)])).toString();
  return text ? `${path}?${text}` : path;
}

async function problemOf(answer: Response): Promise<ApiProblem> {
  const body: unknown = await answer.json().catch(() => null);
  const problem = Problem.safeParse(body);
  if (!problem.success)
    return new ApiProblem(answer.status, 'internal', answer.statusText || String(answer.status), null);
  const { status, code, detail, title, correlationId } = problem.data;
  return new ApiProblem(status, code, detail ?? title, correlationId);
}

/** Requests to the api. Every answer is parsed against its contract here, once. */
@Injectable({ providedIn: 'root' })
export class Api {
  private readonly words = inject(Words);
  /** The session is gone: somebody must sign in again. */
  readonly signedOut = new Subject<void>();

  get<S extends ZodType>(path: string, schema: S, query: Query = {}): Promise<output<S>> {
    return this.send(address(path, query), { method: 'GET' }, schema);
  }

  post<S extends ZodType>(path: string, body: unknown, schema: S): Promise<output<S>> {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    return this.send(path, init, schema);
  }

  private async send<S extends ZodType>(path: string, init: RequestInit, schema: S): Promise<output<S>> {
    const answer = await fetch(path, { credentials: 'same-origin', ...init }).catch((fault: unknown) => {
      throw new ApiProblem(0, 'unreachable', String(fault), null);
    });
    if (!answer.ok) {
      const problem = await problemOf(answer);
      if (answer.status === 401 && path !== '/api/auth/sign-in') this.signedOut.next();
      throw problem;
    }
    const body: unknown = answer.status === 204 ? undefined : await answer.json();
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new ApiProblem(
      answer.status,
      'contract',
      `${path}: ${issue?.path.join('.')}: ${issue?.message}`,
      null,
    );
  }

  /** What to tell the user of a failure, in his language; the server's detail where we know nothing better. */
  explain(fault: unknown): string {
    if (!(fault instanceof ApiProblem)) return String(fault);
    const key = `problem.${fault.code}`;
    return this.words.has(key) ? this.words.t(key) : fault.detail;
  }
}
