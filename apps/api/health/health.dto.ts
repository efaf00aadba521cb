import { Choice, Nested } from '../http/fields.js';

export class AliveView {
  @Choice(['ok']) status: string;
}

class QueueView {
  @Choice(['bull', 'inline']) mode: string;
  @Choice(['ok', 'stalled', 'unknown'], { description: '到期的后台任务是否有人接手' }) status: string;
}

export class ReadyView {
  @Choice(['ready', 'unready']) status: string;
  @Choice(['ok', 'migrating', 'unreachable']) database: string;
  @Nested(() => QueueView) queue: QueueView;
}
