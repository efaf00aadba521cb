import { MEDIA_TYPES } from '#core/attachments/formats.js';
import { Choice, Int, Sha256 } from '../http/fields.js';

export class AttachmentView {
  @Sha256() sha256: string;
  @Choice(MEDIA_TYPES) mediaType: string;
  @Int({ description: '字节数' }) size: number;
  @Int({ nullable: true, description: '正放时的宽（像素），PDF 为空' }) width: number | null;
  @Int({ nullable: true, description: '正放时的高（像素），PDF 为空' }) height: number | null;
}
