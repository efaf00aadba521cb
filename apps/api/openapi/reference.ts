import { type INestApplication, Injectable, type Type } from '@nestjs/common';
import { buildDocument, type Document } from './document.js';

/** The reference of the running application, made when it is first asked for and kept. */
@Injectable()
export class Reference {
  /** Every route that Fastify was given, whoever registered it: the document must agree (tests/laws/openapi.spec.ts). */
  readonly served: { method: string; path: string }[] = [];
  private made?: Document;
  private make?: () => Document;

  /** Told by createApp, because only the finished application knows its routes. */
  describes(app: INestApplication, controllers: readonly Type[]): void {
    this.make = () => buildDocument(app, controllers);
  }

  get document(): Document {
    if (!this.make) throw new Error('the application has not been described');
    this.made ??= this.make();
    return this.made;
  }
}
