import { Module } from '@nestjs/common';
import { LossController } from './loss.controller';
import { LossFeed } from './loss-feed';
import { LossService } from './loss.service';

@Module({ controllers: [LossController], providers: [LossService, LossFeed] })
export class LossModule {}
