import type { ProblemCode } from '@linepack/contracts';
import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';

export const DESCRIPTION = 'linepack:description';

/** What the OpenAPI document says of a route beyond its path and permission. */
export interface Description {
  readonly summary: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Schema of the answer, `text/csv` for a download, or nothing for an answer without a body. */
  readonly answer?: z.ZodType | 'text/csv';
  readonly status?: number;
  readonly problems?: readonly ProblemCode[];
}

/** Describes a route for /api/docs; the schemas are those it parses with. */
export const Describe = (description: Description) => SetMetadata(DESCRIPTION, description);
