import { Diagnostics, Health } from '@linepack/contracts';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { CurrentSession } from '../access/current-session';
import { Open, Permit } from '../access/permit';
import type { Session } from '../auth/session-registry';
import type { ApiResponse } from '../http/request';
import { Describe } from '../openapi/describe';
import { HealthService } from './health.service';

@Controller('api')
export class HealthController {
  constructor(@Inject(HealthService) private readonly service: HealthService) {}

  @Get('health')
  @Open()
  @Describe({ summary: 'How each part is: 200 when ready, 503 otherwise', answer: Health })
  health(@Res({ passthrough: true }) response: ApiResponse): Health {
    const health = this.service.health();
    response.statusCode = health.status === 'ready' ? 200 : 503;
    return health;
  }

  @Get('diagnostics')
  @Permit('diagnostics.read')
  @Describe({
    summary: 'Connections, waiting entries and how far behind each station is',
    answer: Diagnostics,
  })
  diagnostics(@CurrentSession() { user }: Session): Diagnostics {
    return this.service.diagnostics(user);
  }
}
